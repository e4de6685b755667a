import { createTurns } from "../../src/lib/turns";

describe("taking turns", () => {
  const limits = { atOnceMax: 2, waitingMax: 3, tooMany: () => new Error("Too many wait.") };
  const settle = () => new Promise((resolve) => setImmediate(resolve));

  it("lets so many go on at a time, in their order, and refuses more than may wait", async () => {
    const takeTurn = createTurns(limits);
    const started: number[] = [];
    const finish: (() => void)[] = [];
    const work = (id: number) => () => {
      started.push(id);
      return new Promise<number>((resolve) => finish.push(() => resolve(id)));
    };
    const results = [1, 2, 3, 4, 5].map((id) => takeTurn(work(id)));
    await expect(takeTurn(work(6))).rejects.toThrow("Too many wait.");
    expect(started).toEqual([1, 2]);

    for (let done = 0; done < 5; done += 1) {
      finish[done]?.();
      await settle();
    }
    expect(await Promise.all(results)).toEqual([1, 2, 3, 4, 5]);
    expect(started).toEqual([1, 2, 3, 4, 5]);
  });

  it("goes on after work that failed", async () => {
    const takeTurn = createTurns({ ...limits, atOnceMax: 1 });
    const results = await Promise.allSettled([
      takeTurn(() => Promise.reject(new Error("no"))),
      takeTurn(async () => "yes"),
    ]);
    expect(results.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
  });
});
