import type { Refusal } from "../lib/refusal";

export const CONSUMERS_PER_APP_MAX = 100;
export const PARTITIONS_MAX = 64;
/** What an instance may call itself. */
export const HOLDER_LENGTH_MAX = 64;
const NAME = /^[a-z0-9][a-z0-9_.-]{0,63}$/;

/** Everything that is wrong with a consumer that is to be made, whatever else there is. */
export function consumerFaults(input: Readonly<{ name: string; partitions: number }>): Refusal[] {
  const faults: Refusal[] = [];
  if (!NAME.test(input.name)) {
    const message =
      "A consumer's name has 1 to 64 characters: lower-case letters, digits, _ . and -, and begins with a letter or digit.";
    faults.push({ code: "INVALID", message, path: ["name"] });
  }
  if (input.partitions < 1 || input.partitions > PARTITIONS_MAX) {
    const message = `"partitions" must be from 1 to ${PARTITIONS_MAX}.`;
    faults.push({ code: "INVALID", message, path: ["partitions"] });
  }
  return faults;
}

export const noSuchConsumer = (name: string, field = "name"): Refusal => ({
  code: "NOT_FOUND",
  message: `The app has no consumer "${name}"; make it with createConsumer.`,
  path: [field],
});

export const consumerTaken = (name: string): Refusal => ({
  code: "TAKEN",
  message: `The app has a consumer "${name}" already; reset or delete that one, or choose another name.`,
  path: ["name"],
});

export const tooManyConsumers: Refusal = {
  code: "LIMIT_REACHED",
  message: `An app has at most ${CONSUMERS_PER_APP_MAX} consumers; delete one that nobody needs.`,
  path: ["name"],
};

export const leaseLost: Refusal = {
  code: "LEASE_LOST",
  message:
    "The lease has run out, or the consumer was reset, or another instance has it now. Subscribe again: what was not acknowledged is sent again.",
  path: ["lease"],
};

export const leaseNeeded: Refusal = {
  code: "LEASE_LOST",
  message:
    "An instance works for the consumer, so only what was sent to it counts: give the `lease` of the item, or wait until the instance ends.",
  path: ["lease"],
};

export const cursorBehind: Refusal = {
  code: "CURSOR_BEHIND",
  message: "More than that is acknowledged already. To go back, reset the consumer.",
  path: ["cursor"],
};
