import { DEFINITION, definitionAfter, SHOP } from "./shopEvents";
import {
  IMPORT,
  imported,
  importedInto,
  importing,
  reasons,
  segment,
  withFirst,
  withSegments,
} from "./importing";
import type { Definition } from "../../src/definitions/definition.policy";
import { NOTE_LENGTH_MAX } from "../../src/lib/note";
import { run } from "../configs/shop";

const [flag] = DEFINITION.flags;
const [rule] = DEFINITION.configs[0]?.rules ?? [];

describe("an import is refused", () => {
  it.each<readonly [string, Partial<Definition>, string]>([
    [
      "with a cycle of segments",
      withSegments(segment("x", "X", { $segment: "y" }), segment("y", "Y", { $segment: "x" })),
      'CYCLE definition.segments.2.condition: The segment would contain itself: "X" → "Y" → "X". Take one out of the condition of the one before it.',
    ],
    [
      "with a cycle of segments that another one leads to",
      withSegments(
        segment("w", "W", { $segment: "x" }),
        segment("x", "X", { $segment: "y" }),
        segment("y", "Y", { $segment: "x" }),
      ),
      'CYCLE definition.segments.3.condition: The segment would contain itself: "X" → "Y" → "X". Take one out of the condition of the one before it.',
    ],
    [
      "with a condition for a segment that it does not have",
      withSegments(segment("x", "X", { $segment: "nowhere" })),
      'NOT_FOUND definition.segments.2.condition: The definition has no segment with the id "nowhere"; add it, or name another one.',
    ],
    [
      "with a config's rule for a segment that it does not have",
      withFirst("configs", { rules: rule ? [{ ...rule, segmentId: "nowhere" }] : [] }),
      'NOT_FOUND definition.configs.0.rules.0.segmentId: The definition has no segment with the id "nowhere"; add it, or name another one.',
    ],
    [
      "with a flag's rule for a segment that it does not have",
      withFirst("flags", {
        rules: (flag?.rules ?? []).map((each) => ({ ...each, segmentId: "n".repeat(300) })),
      }),
      `NOT_FOUND definition.flags.0.rules.0.segmentId: The definition has no segment with the id "${"n".repeat(200)}"; add it, or name another one.`,
    ],
    [
      "with two keys of one name",
      { keys: [...DEFINITION.keys, ...DEFINITION.keys.slice(0, 1)] },
      'INVALID definition.keys.3.name: The name "checkout" stands here twice; give one of them another.',
    ],
    [
      "with two segments of one name, but for spaces",
      withSegments(segment("x", " Berliners ", {})),
      'INVALID definition.segments.2.name: The name "Berliners" stands here twice; give one of them another.',
    ],
    [
      "with two things of one id",
      withSegments(segment("segment_shop_c50", "X", {})),
      'INVALID definition.segments.2.id: The id "segment_shop_c50" stands here twice; give one of them another.',
    ],
    [
      "with two things of one long name",
      withSegments(segment("x", "n".repeat(300), {}), segment("y", "n".repeat(300), {})),
      `INVALID definition.segments.3.name: The name "${"n".repeat(200)}" stands here twice; give one of them another.`,
    ],
    [
      "with two rules of one id, even in a config and a flag",
      withFirst("flags", { rules: (flag?.rules ?? []).map((each) => ({ ...each, id: rule?.id ?? "" })) }),
      'INVALID definition.flags.0.rules.0.id: The id "rule_shop_c80" stands here twice; give one of them another.',
    ],
    [
      "with a key of another type",
      withFirst("keys", { type: "INTEGER", defaultValue: 1 }),
      'INVALID definition.keys.0.type: Key "checkout" is of type BOOLEAN for ever; leave it so, or choose another name.',
    ],
  ])("%s", (_what, changes, reason) => {
    expect(reasons(imported(changes))).toEqual([reason]);
  });

  it("with what the single commands refuse, at its place in the definition", () => {
    const values = [{ key: "colour", value: 7 }];
    imported(withFirst("configs", { rules: rule ? [{ ...rule, values }] : [] })).isRefusedWith({
      code: "INVALID",
      path: ["definition", "configs", "0", "rules", "0", "values", "0", "value"],
    });
    imported({ environments: DEFINITION.environments.slice(1) }).isRefusedWith({
      code: "IN_USE",
      path: ["definition", "environments"],
    });
    imported({ keys: DEFINITION.keys.slice(1) }).isRefusedWith({
      code: "IN_USE",
      path: ["definition", "keys"],
    });
    const segments = DEFINITION.segments.filter(({ name }) => name !== "Berliners");
    expect(reasons(imported({ segments })).map((reason) => reason.split(":")[0])).toEqual([
      "NOT_FOUND definition.segments.0.condition",
      "NOT_FOUND definition.configs.0.rules.0.segmentId",
      "NOT_FOUND definition.flags.0.rules.0.segmentId",
    ]);
  });

  it.each<readonly [string, Partial<Definition>, string]>([
    ["the app", { app: { ...DEFINITION.app, name: "" } }, "app.name"],
    [
      "a new environment",
      { environments: [...DEFINITION.environments, { name: "No name", description: "" }] },
      "environments.2.name",
    ],
    ["a known key", withFirst("keys", { defaultValue: "text" }), "keys.0.defaultValue"],
    ["a segment", withFirst("segments", { name: "" }), "segments.0.name"],
    ["a goal", withFirst("goals", { events: [] }), "goals.0.events"],
    ["a config", withFirst("configs", { name: "" }), "configs.0.name"],
    ["a flag", withFirst("flags", { name: "" }), "flags.0.name"],
    ["labels", withFirst("goals", { tags: [""] }), "goals.0.tags.0"],
  ])("with what is wrong with %s, where it stands", (_what, changes, path) => {
    expect(reasons(imported(changes)).map((reason) => reason.split(":")[0])).toEqual([
      `INVALID definition.${path}`,
    ]);
  });

  it("because an environment, key or thing that it restores is not as it was", () => {
    const archived = run(SHOP, importing({ flags: [] }), IMPORT);
    const taken = run(archived, {
      type: "CreateFlag",
      data: { name: "Other", key: "checkout", rules: [] },
    });
    const [other] = definitionAfter(taken).flags;
    importedInto(taken, { flags: [...DEFINITION.flags, ...(other ? [other] : [])] }).isRefusedWith({
      path: ["definition", "flags", "0"],
    });
  });

  it("with too long a note, said once", () => {
    expect(reasons(imported({ keys: [] }, { note: "x".repeat(NOTE_LENGTH_MAX + 1) }))).toHaveLength(1);
    expect(reasons(imported({}, { note: "x".repeat(NOTE_LENGTH_MAX) }))).toEqual([]);
  });

  it("with all its faults at once, but for so many", () => {
    const segments = Array.from({ length: 250 }, (_, n) =>
      segment(`s${n}`, `S${n}`, { $segment: "nowhere" }),
    );
    const told = reasons(imported({ segments, configs: [], flags: [] }));
    expect(told).toHaveLength(200);
    expect(told.at(-1)).toBe("INVALID : There are 51 more reasons; mend these first.");
  });
});
