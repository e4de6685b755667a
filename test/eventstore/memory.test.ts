import { NO_STREAM } from "../../src/eventstore/eventStore";
import { createMemoryEventStore } from "../../src/eventstore/memory";
import { appendOf, newStream, succeeded } from "./appends";
import { describeEventStore } from "./contract";

describeEventStore("memory", async () => createMemoryEventStore());

it("in memory, a repeat that was decided anew at a newer revision adds nothing", async () => {
  const store = createMemoryEventStore();
  const append = appendOf(newStream(), NO_STREAM);
  const first = succeeded(await store.append(append));
  await store.append(appendOf(append.stream, 0));
  expect(await store.append({ ...append, expectedRevision: 1 })).toEqual({ ...first, outcome: "duplicate" });
});
