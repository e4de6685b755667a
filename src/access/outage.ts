import { DatabaseUnavailable } from "../postgres/database";

/** For how long after a failure the database counts as away, unless it is being asked again. */
export const OUTAGE_KNOWN_MS = 1_000;
/** How long a request waits for the database to say who sends it. */
export const ANSWER_MS_MAX = 3_000;

/** Knows whether the database is away, so that nobody waits to be told so again. */
export type Outage = Readonly<{
  /** @throws {DatabaseUnavailable} also if there is no answer within ANSWER_MS_MAX. */
  watch: <Result>(ask: () => Promise<Result>) => Promise<Result>;
  /** Whether it was away a moment ago and nothing says yet that it is back. */
  goesOn: () => boolean;
}>;

export function createOutage(nowMs: () => number): Outage {
  let untilMs = -Infinity;
  /** Questions that were sent while it was away, and have no answer yet. */
  let trying = 0;

  const goesOn = (): boolean => trying > 0 || nowMs() < untilMs;
  return {
    goesOn,
    async watch(ask) {
      const isTrial = goesOn();
      if (isTrial) trying += 1;
      try {
        const result = await inTime(ask());
        untilMs = -Infinity;
        return result;
      } catch (error) {
        if (error instanceof DatabaseUnavailable) untilMs = nowMs() + OUTAGE_KNOWN_MS;
        throw error;
      } finally {
        if (isTrial) trying -= 1;
      }
    },
  };
}

async function inTime<Result>(answer: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    const tooSlow = (): void =>
      reject(new DatabaseUnavailable(`The database did not answer within ${ANSWER_MS_MAX} ms.`));
    timer = setTimeout(tooSlow, ANSWER_MS_MAX);
  });
  try {
    return await Promise.race([answer, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
