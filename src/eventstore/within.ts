import { StoreUnavailable } from "./eventStore";

/** Longer than a store takes to give up by itself: this is for one that never answers. */
export const STORE_ANSWER_TIMEOUT_MS = 45_000;

/** @throws {StoreUnavailable} if the store has not answered in time. */
export async function within<Result>(
  work: Promise<Result>,
  timeoutMs = STORE_ANSWER_TIMEOUT_MS,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () =>
        reject(
          new StoreUnavailable(`The log did not answer within ${timeoutMs} ms; send the command again.`),
        ),
      timeoutMs,
    );
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
