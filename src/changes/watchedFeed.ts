import type { ChangeBatch, ChangeFeed } from "./changeFeed";

/** Told of who follows the feed, for those who watch a server. */
export type WatchFeed = Readonly<{
  opened(): void;
  closed(): void;
  /** Live changes were handed over, the first of them so many seconds after it was recorded. */
  delivered(delaySeconds: number): void;
}>;

/** The same feed, whose followers are told of. */
export function watchedFeed<Feed extends ChangeFeed>(feed: Feed, watch: WatchFeed, now: () => Date): Feed {
  const watched = (batches: AsyncIterable<ChangeBatch>) => watchedBatches(batches, watch, now);
  return {
    ...feed,
    follow: (...asked) => watched(feed.follow(...asked)),
    followAs: (...asked) => watched(feed.followAs(...asked)),
  };
}

function watchedBatches(
  batches: AsyncIterable<ChangeBatch>,
  watch: WatchFeed,
  now: () => Date,
): AsyncIterable<ChangeBatch> {
  return {
    [Symbol.asyncIterator]() {
      const source = batches[Symbol.asyncIterator]();
      let state: "NEW" | "OPEN" | "CLOSED" = "NEW";
      let isLive = false;
      const close = (): void => {
        if (state === "OPEN") watch.closed();
        state = "CLOSED";
      };
      const note = ({ items }: ChangeBatch): void => {
        const first = isLive ? items.find(({ event }) => event !== null)?.event : null;
        if (first) watch.delivered(Math.max(0, now().getTime() - Date.parse(first.time)) / 1_000);
        if (!isLive) isLive = items.some(({ kind }) => kind === "CAUGHT_UP");
      };
      return {
        async next() {
          if (state === "NEW") watch.opened();
          if (state === "NEW") state = "OPEN";
          try {
            const result = await source.next();
            if (result.done === true) close();
            else note(result.value);
            return result;
          } catch (error) {
            close();
            throw error;
          }
        },
        async return() {
          close();
          return (await source.return?.()) ?? { done: true, value: undefined };
        },
      };
    },
  };
}
