import { appDecider, type AppCommand } from "../../src/apps/app.decider";
import type { AnyAppEvent, AppState } from "../../src/apps/app.state";
import { whoUses, whoUsesAmong } from "../../src/apps/uses.policy";
import { archived, published, segment, version } from "./usingEvents";
import { deciding } from "../support/deciding";

const { state } = deciding<AppState, AppCommand, AnyAppEvent>(appDecider);

const reference = (id: string) => ({ kind: "Config", id, name: `config ${id}` });

describe("who uses a key", () => {
  it("is whoever has it in the latest or an active version", () => {
    const past = [version(1, "1", ["a"]), published("1", 1), version(2, "1", ["b"]), version(3, "1", ["c"])];
    const users = (name: string) => whoUses(state(past), { kind: "Key", id: name });
    expect([users("a"), users("b"), users("c")]).toEqual([[reference("1")], [], [reference("1")]]);
  });

  it("is nobody who is archived", () =>
    expect(whoUses(state([version(1, "1", ["a"]), archived("1")]), { kind: "Key", id: "a" })).toEqual([]));
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
    expect(whoUses(state(past), { kind: "Segment", id: "s" })).toEqual([
      reference("1"),
      reference("2"),
      { kind: "Segment", id: "y", name: "y" },
      { kind: "Segment", id: "z", name: "z" },
    ]);
  });
});

describe("who uses anything", () => {
  const past = [segment("s"), segment("t", "s"), version(1, "1", ["s"], ["s"])];
  const used = { kind: "Segment", id: "s" } as const;

  it("is asked of all that may use others, and answered by kind and name", () => {
    const experiments = (_state: AppState, { kind, id }: { kind: string; id: string }) => [
      { kind: "Experiment", id: "2", name: `with ${kind} ${id}` },
      { kind: "Experiment", id: "1", name: `with ${kind} ${id}` },
    ];
    const asked = whoUsesAmong([experiments, whoUses]);
    expect(asked(state(past), used)).toEqual([
      reference("1"),
      { kind: "Experiment", id: "1", name: "with Segment s" },
      { kind: "Experiment", id: "2", name: "with Segment s" },
      { kind: "Segment", id: "t", name: "t" },
    ]);
  });

  it("tells kinds apart that have an id in common", () => {
    expect(whoUses(state(past), { kind: "Key", id: "s" })).toEqual([reference("1")]);
    expect(whoUses(state(past), { kind: "Goal", id: "s" })).toEqual([]);
  });
});
