import { serialize } from "node:v8";
import { appDecider } from "../../src/apps/app.decider";
import type { AnyAppEvent } from "../../src/apps/app.state";
import { APP, CONFIG, NY, content, created, edited, rule } from "../configs/shop";

const VERSIONS = 1_000;
const RULES = 100;

/** As it comes from the log: nothing is shared with another event. */
const stored = (event: AnyAppEvent): AnyAppEvent => JSON.parse(JSON.stringify(event)) as AnyAppEvent;

function foldVersions(keysOf: (version: number) => readonly string[]) {
  const state = appDecider.initialState();
  const rules = Array.from({ length: RULES }, (_, n) => rule(`r${n}`, { segmentId: NY, percentage: n }));
  const versions = Array.from({ length: VERSIONS - 1 }, (_, n) =>
    edited(n + 2, { content: content(rules, keysOf(n + 2)) }),
  );
  [...APP, created({ content: content(rules, keysOf(1)) }), ...versions].forEach((event, revision) =>
    appDecider.evolve(state, stored(event), { revision, recordedAt: "", actor: "" }),
  );
  return state;
}

describe("a thousand versions of a config of a hundred rules", () => {
  it("share one list of references, and no content is kept", () => {
    const state = foldVersions(() => ["dark_mode"]);
    const { versions } = state.configs.get(CONFIG)!;
    expect(versions).toHaveLength(VERSIONS);
    expect(new Set(versions.map(({ references }) => references)).size).toBe(1);
    expect(versions.map(({ revision }) => revision)).toEqual(versions.map((_, n) => APP.length + n));
    expect(JSON.stringify([...versions])).not.toContain("percentage");
    // About 40 bytes for each version, as a snapshot stores them.
    expect(serialize(state).byteLength).toBeLessThan(60 * VERSIONS);
  });

  it("share their lists also where edits go to and fro", () => {
    const { versions } = foldVersions((version) =>
      version % 3 ? ["dark_mode"] : ["title", "dark_mode"],
    ).configs.get(CONFIG)!;
    expect(new Set(versions.map(({ references }) => references)).size).toBe(2);
  });
});
