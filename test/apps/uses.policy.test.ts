import { appDecider, type AppCommand } from "../../src/apps/app.decider";
import type { AnyAppEvent, AppState } from "../../src/apps/app.state";
import { isKeyPublished, isSegmentPublished, usersOfKey, usersOfSegment } from "../../src/apps/uses.policy";
import { deciding } from "../support/deciding";

const { state } = deciding<AppState, AppCommand, AnyAppEvent>(appDecider);

const segment = (id: string, ...others: string[]): AnyAppEvent => ({
  type: "SegmentCreated",
  data: {
    id,
    name: id,
    description: "",
    condition: others.length > 0 ? { $segment: others } : {},
    clonedFrom: null,
    note: "",
  },
});
const version = (version: number, id: string, keys: string[], segments: string[] = []): AnyAppEvent => ({
  type: version === 1 ? "ConfigCreated" : "ConfigEdited",
  data: {
    id,
    name: `config ${id}`,
    description: "",
    version: version as 1,
    note: "",
    references: { keys, segments },
    content: { keys, rules: [] },
  },
});
const published = (id: string, number: number): AnyAppEvent => ({
  type: "ConfigPublished",
  data: {
    id,
    version: number,
    previousVersion: null,
    environment: "production",
    cause: { kind: "BY_HAND" },
    note: "",
  },
});
const archived = (id: string): AnyAppEvent => ({ type: "ConfigArchived", data: { id, note: "" } });
const reference = (id: string) => ({ kind: "Config", id, name: `config ${id}` });

describe("who uses a key", () => {
  it("is whoever has it in the latest or an active version", () => {
    const past = [version(1, "1", ["a"]), published("1", 1), version(2, "1", ["b"]), version(3, "1", ["c"])];
    const users = (name: string) => usersOfKey(state(past), name);
    expect([users("a"), users("b"), users("c")]).toEqual([[reference("1")], [], [reference("1")]]);
  });

  it("is nobody who is archived", () =>
    expect(usersOfKey(state([version(1, "1", ["a"]), archived("1")]), "a")).toEqual([]));
});

describe("who uses a segment", () => {
  it("is every config and unarchived segment, in order", () => {
    const past = [
      segment("s"),
      segment("z", "s"),
      segment("y", "s"),
      segment("x", "s"),
      version(1, "2", [], ["s"]),
      version(1, "1", [], ["s"]),
      { type: "SegmentArchived", data: { id: "x", note: "" } } satisfies AnyAppEvent,
    ];
    expect(usersOfSegment(state(past), "s")).toEqual([
      reference("1"),
      reference("2"),
      { kind: "Segment", id: "y", name: "y" },
      { kind: "Segment", id: "z", name: "z" },
    ]);
  });
});

describe("what is published", () => {
  it("is a key of an active version of a config that is not archived", () => {
    const past = [version(1, "1", ["a"]), published("1", 1), version(2, "1", ["b"])];
    expect([isKeyPublished(state(past), "a"), isKeyPublished(state(past), "b")]).toEqual([true, false]);
    expect(isKeyPublished(state([...past, archived("1")]), "a")).toBe(false);
  });

  it("is a segment of one, and all that it contains at any depth", () => {
    const past = [
      segment("a"),
      segment("b", "a"),
      segment("c", "b"),
      segment("d"),
      version(1, "1", [], ["c"]),
    ];
    const publishedOnes = (events: AnyAppEvent[]) =>
      ["a", "b", "c", "d"].filter((id) => isSegmentPublished(state(events), id));
    expect(publishedOnes(past)).toEqual([]);
    expect(publishedOnes([...past, published("1", 1)])).toEqual(["a", "b", "c"]);
  });
});
