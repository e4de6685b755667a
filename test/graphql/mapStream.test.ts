import { mapStream } from "../../src/graphql/mapStream";

const mapping = {
  map: (item: number) => Promise.resolve(`item ${item}`),
  afterError: (error: unknown) => `failed: ${(error as Error).message}`,
};
const collect = async (stream: AsyncIterable<string>): Promise<string[]> => {
  const items: string[] = [];
  for await (const item of stream) items.push(item);
  return items;
};

describe("a mapped stream", () => {
  it("gives every item in order, and ends with its source", async () => {
    async function* source() {
      yield* [1, 2, 3];
    }
    expect(await collect(mapStream(source(), mapping))).toEqual(["item 1", "item 2", "item 3"]);
  });

  it("takes the next item only when it is asked for one", async () => {
    let taken = 0;
    async function* source() {
      for (;;) yield ++taken;
    }
    const stream = mapStream(source(), mapping);
    expect(taken).toBe(0);
    await stream.next();
    expect(taken).toBe(1);
    await stream.return();
  });

  it("tells its source's failure as its last item", async () => {
    async function* source() {
      yield 1;
      throw new Error("cursor lost");
    }
    expect(await collect(mapStream(source(), mapping))).toEqual(["item 1", "failed: cursor lost"]);
  });

  it("ends at once when its consumer goes, while the source waits for ever", async () => {
    let isEnded = false;
    const source: AsyncIterable<number> = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise<never>(() => undefined),
        return: () => {
          isEnded = true;
          return new Promise<never>(() => undefined);
        },
      }),
    };
    const stream = mapStream(source, mapping);
    const waiting = stream.next();
    await stream.return();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    expect(isEnded).toBe(true);
  });
});
