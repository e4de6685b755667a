import { createKurrentdbEventStore } from "../../src/eventstore/kurrentdb";
import { addressOf } from "../support/kurrentdb/address";
import { startDouble, type KurrentdbDouble } from "../support/kurrentdb/double";
import { createDoubleLog } from "../support/kurrentdb/log";
import { PROFILES } from "../support/kurrentdb/profiles";
import { describeEventStore } from "./contract";

/** The double shares one thread with those who wait for it, and a busy machine with other tests. */
const PATIENT = { deadlineMs: 120_000, appendTimeoutMs: 60_000, readTimeoutMs: 60_000 };

// With somebody else's events between ours, which are no JSON.
for (const profile of PROFILES) {
  let double: KurrentdbDouble | undefined;
  describeEventStore(`KurrentDB ${profile.version}, as its double has it`, async () => {
    double ??= await startDouble({ profile, log: createDoubleLog({ hasNeighbours: true }) });
    return createKurrentdbEventStore({ address: addressOf(double.url), ...PATIENT });
  });
  afterAll(() => double?.stop());
}
