import { createAnnouncer } from "../../src/eventstore/announcer";
import type { Appended } from "../../src/eventstore/pendingNotices";
import { until } from "../support/until";

/** What was told, call by call; each call answers when it is let go. */
function recording() {
  const calls: (readonly Appended[])[] = [];
  const held: { answer: () => void; fail: () => void }[] = [];
  const announcer = createAnnouncer((appended) => {
    calls.push(appended);
    return new Promise<void>((answer, reject) => {
      held.push({ answer, fail: () => reject(new Error("away")) });
    });
  });
  const told = async (count: number) => {
    await until(`${count} calls were made`, () => calls.length === count);
    return held[count - 1] ?? { answer: () => undefined, fail: () => undefined };
  };
  return { announcer, calls, told };
}

const event = (position: number): Appended => ({
  streams: [`app-${position}`],
  after: position - 1,
  upTo: position,
});

describe("telling others", () => {
  it("has one call under way, and what comes meanwhile in the next", async () => {
    const { announcer, calls, told } = recording();
    announcer.announce(event(1));
    const first = await told(1);
    for (const position of [2, 3, 4]) announcer.announce(event(position));
    // Time for a second call, if there were to be one.
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(calls).toEqual([[event(1)]]);
    first.answer();
    (await told(2)).answer();
    expect(calls[1]).toEqual([{ streams: ["app-2", "app-3", "app-4"], after: 1, upTo: 4 }]);
    await announcer.close();
    expect(calls).toHaveLength(2);
  });

  it("takes all that comes in one tick into one call, after that tick", async () => {
    const { announcer, calls, told } = recording();
    for (const position of [1, 2, 3]) announcer.announce(event(position));
    expect(calls).toEqual([]);
    (await told(1)).answer();
    expect(calls).toEqual([[{ streams: ["app-1", "app-2", "app-3"], after: 0, upTo: 3 }]]);
    await announcer.close();
  });

  it("goes on after a call that failed", async () => {
    const { announcer, calls, told } = recording();
    announcer.announce(event(1));
    (await told(1)).fail();
    announcer.announce(event(2));
    (await told(2)).answer();
    expect(calls[1]).toEqual([event(2)]);
    await announcer.close();
  });

  it("tells the rest before it is closed", async () => {
    const { announcer, calls, told } = recording();
    announcer.announce(event(1));
    const first = await told(1);
    announcer.announce(event(2));
    const closed = announcer.close();
    first.answer();
    (await told(2)).answer();
    await closed;
    expect(calls).toEqual([[event(1)], [event(2)]]);
  });
});
