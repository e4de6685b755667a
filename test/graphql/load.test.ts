import { BATCH_IDS_MAX, load, type Batch } from "../../src/graphql/load";
import type { Context } from "../../src/graphql/context";

/** A batch that writes down what it was asked, and finds everything but "missing". */
function recordingBatch() {
  const asked: string[][] = [];
  const batch: Batch<string, string> = (_server, ids) => {
    asked.push([...ids]);
    return Promise.resolve(new Map(ids.filter((id) => id !== "missing").map((id) => [id, `value of ${id}`])));
  };
  return { asked, batch };
}
const newContext = (server: object = {}): Context => ({ loaders: new Map(), server }) as unknown as Context;

describe("loading", () => {
  it("asks once for everything that is wanted at the same moment", async () => {
    const { asked, batch } = recordingBatch();
    const context = newContext();
    const found = await Promise.all(["a", "b", "missing", "a"].map((id) => load(context, batch, id)));
    expect(found).toEqual(["value of a", "value of b", undefined, "value of a"]);
    expect(asked).toEqual([["a", "b", "missing"]]);
  });

  it("collects what resolvers want a few promises later", async () => {
    const { asked, batch } = recordingBatch();
    const context = newContext();
    const later = async (id: string, hops: number) => {
      for (let hop = 0; hop < hops; hop += 1) await Promise.resolve();
      return load(context, batch, id);
    };
    await Promise.all([later("a", 0), later("b", 3), later("c", 9)]);
    expect(asked).toEqual([["a", "b", "c"]]);
  });

  it("remembers for one request, and not for the next", async () => {
    const { asked, batch } = recordingBatch();
    const context = newContext();
    await load(context, batch, "a");
    await load(context, batch, "a");
    await load(context, batch, "b");
    await load(newContext(), batch, "a");
    expect(asked).toEqual([["a"], ["b"], ["a"]]);
  });

  it("asks once for requests that come at the same moment, each of which remembers for itself", async () => {
    const { asked, batch } = recordingBatch();
    const server = {};
    const [one, two] = [newContext(server), newContext(server)];
    const wanted = [load(one, batch, "a"), load(two, batch, "a"), load(two, batch, "b")];
    expect(await Promise.all(wanted)).toEqual(["value of a", "value of a", "value of b"]);
    expect(asked).toEqual([["a", "b"]]);
    await Promise.all([load(one, batch, "b"), load(two, batch, "b")]);
    expect(asked).toEqual([["a", "b"], ["b"]]);
  });

  it("keeps servers apart", async () => {
    const { asked, batch } = recordingBatch();
    await Promise.all([load(newContext(), batch, "a"), load(newContext(), batch, "a")]);
    expect(asked).toEqual([["a"], ["a"]]);
  });

  it("begins another batch when one is full", async () => {
    const { asked, batch } = recordingBatch();
    const context = newContext();
    const ids = Array.from({ length: BATCH_IDS_MAX + 1 }, (_, index) => `${index}`);
    await Promise.all(ids.map((id) => load(context, batch, id)));
    expect(asked).toEqual([ids.slice(0, BATCH_IDS_MAX), ids.slice(BATCH_IDS_MAX)]);
  });

  it("keeps batches apart", async () => {
    const one = recordingBatch();
    const two = recordingBatch();
    const context = newContext();
    await Promise.all([load(context, one.batch, "a"), load(context, two.batch, "a")]);
    expect([one.asked, two.asked]).toEqual([[["a"]], [["a"]]]);
  });

  it("fails all who wait when the batch fails", async () => {
    const failing: Batch<string, string> = () => Promise.reject(new Error("away"));
    const context = newContext();
    const settled = await Promise.allSettled(["a", "b"].map((id) => load(context, failing, id)));
    expect(settled.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  });
});
