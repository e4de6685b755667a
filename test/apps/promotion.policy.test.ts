import { appDecider, type AppCommand } from "../../src/apps/app.decider";
import type { AnyAppEvent } from "../../src/apps/app.state";
import { PROMOTED_MAX } from "../../src/apps/promotion.policy";
import { APP } from "./published";
import { deciding } from "../support/deciding";

const { given, state } = deciding(appDecider);
const STAGING: AnyAppEvent = {
  type: "EnvironmentCreated",
  data: { name: "staging", description: "", note: "" },
};
const savedConfig = (id: string, key: string, version = 1): AnyAppEvent => ({
  type: version === 1 ? "ConfigCreated" : "ConfigEdited",
  data: {
    id,
    name: `Config ${id}`,
    description: "",
    content: { keys: [key], rules: [] },
    references: { keys: [key], segments: [] },
    note: "",
    version: version as 1,
  },
});
const savedFlag = (id: string, key: string): AnyAppEvent => ({
  type: "FlagCreated",
  data: {
    id,
    name: `Flag ${id}`,
    description: "",
    content: { key, rules: [] },
    references: { keys: [key], segments: [] },
    note: "",
    version: 1,
  },
});
const published = (id: string, environment: string, version = 1): AnyAppEvent => ({
  type: id.startsWith("f") ? "FlagPublished" : "ConfigPublished",
  data: { id, version, previousVersion: null, environment, cause: { kind: "BY_HAND" }, note: "" },
});
const key = (name: string): AnyAppEvent => ({
  type: "KeyCreated",
  data: {
    name,
    type: "BOOLEAN",
    defaultValue: false,
    description: "",
    valueSchema: null,
    isVisibleToClients: true,
    note: "",
  },
});
const promote = (
  configIds: string[],
  from = "staging",
  to = "production",
  flagIds: string[] = [],
): AppCommand => ({
  type: "Promote",
  data: { from, to, configIds, flagIds, note: "go" },
});
const promoteFlags = (flagIds: string[], configIds: string[] = []) =>
  promote(configIds, "staging", "production", flagIds);
const PAST: readonly AnyAppEvent[] = [
  ...APP,
  STAGING,
  key("a"),
  key("b"),
  key("f"),
  savedConfig("c1", "a"),
  savedConfig("c1", "a", 2),
  savedConfig("c2", "b"),
  published("c1", "staging", 2),
  published("c2", "staging"),
  savedFlag("f1", "f"),
  published("f1", "staging"),
];
const publishing = (id: string, version: number, previousVersion: number | null = null): AnyAppEvent => ({
  type: id.startsWith("f") ? "FlagPublished" : "ConfigPublished",
  data: {
    id,
    version,
    previousVersion,
    environment: "production",
    cause: { kind: "BY_HAND" },
    note: "go",
  },
});

describe("promoting", () => {
  it("publishes there what is active here, whatever its version", () => {
    given(...PAST)
      .when(promote(["c1", "c2"]))
      .yields(publishing("c1", 2), publishing("c2", 1));
    given(...PAST, published("c1", "production", 1))
      .when(promote(["c1"]))
      .yields(publishing("c1", 2, 1));
  });

  it("publishes flags beside configs, each by its own name", () => {
    given(...PAST)
      .when(promoteFlags(["f1"], ["c1"]))
      .yields(publishing("c1", 2), publishing("f1", 1));
    given(...PAST)
      .when(promoteFlags(["c1"], ["f1"]))
      .isRefusedWith(
        { code: "NOT_FOUND", path: ["configIds", "0"], message: expect.stringContaining("no config") },
        { code: "NOT_FOUND", path: ["flagIds", "0"], message: expect.stringContaining("no flag") },
      );
  });

  it("leaves the kill switch where it is", () => {
    const disabled: AnyAppEvent = {
      type: "FlagDisabled",
      data: { id: "f1", environment: "production", note: "crashes" },
    };
    const promoted = [...PAST, disabled, publishing("f1", 1)];
    given(...PAST, disabled)
      .when(promoteFlags(["f1"]))
      .yields(publishing("f1", 1));
    expect(state(promoted).disabledFlags.get("f1")).toEqual(new Map([["production", { note: "crashes" }]]));
  });

  it("does nothing about what is active there already", () => {
    given(...PAST, published("c1", "production", 2))
      .when(promote(["c1"]))
      .yieldsNothing();
    given(...PAST, published("c1", "production", 2))
      .when(promote(["c1", "c2"]))
      .yields(publishing("c2", 1));
  });

  it("does nothing at all if one of them cannot be done, and says where and why", () => {
    given(...PAST, savedConfig("c3", "b"))
      .when(promote(["c1", "c3", "nothing"]))
      .isRefusedWith(
        { code: "WRONG_STATE", path: ["configIds", "1"] },
        { code: "NOT_FOUND", path: ["configIds", "2"] },
      );
    const archivedKey: AnyAppEvent = { type: "KeyArchived", data: { name: "b", note: "" } };
    given(...PAST, archivedKey)
      .when(promote(["c1", "c2"]))
      .isRefusedWith({ code: "ARCHIVED", path: ["configIds", "1", "version"] });
  });

  it("leaves the state that it was decided over as it is", () => {
    const before = state(PAST);
    const copy = structuredClone(before);
    appDecider.decide(promote(["c1", "c2"]), before, {
      at: "2027-01-01T00:00:00.000Z",
      actor: "a",
      may: () => true,
      revision: 0,
      secretHash: null,
      newId: (prefix) => prefix,
      content: ({ revision }) => (PAST[revision] as AnyAppEvent).data,
    });
    expect(before).toEqual(copy);
  });

  it("needs two environments that there are", () => {
    given(...PAST)
      .when(promote(["c1"], "nowhere", "elsewhere"))
      .isRefusedWith({ code: "NOT_FOUND", path: ["from"] }, { code: "NOT_FOUND", path: ["to"] });
    given(...PAST)
      .when(promote(["c1"], "staging", "staging"))
      .isRefusedWith({ code: "INVALID", path: ["to"] });
    const archived: AnyAppEvent = { type: "EnvironmentArchived", data: { name: "production", note: "" } };
    given(...PAST, archived)
      .when(promote(["c1"]))
      .isRefusedWith({ code: "NOT_FOUND", path: ["to"] });
  });

  it("takes at least one, none twice, and not too many", () => {
    given(...PAST)
      .when(promote([]))
      .isRefused("INVALID");
    given(...PAST)
      .when(promote(["c1", "c1"]))
      .isRefusedWith({ code: "INVALID", path: ["configIds", "1"] });
    const many = (count: number) => Array.from({ length: count }, (_, index) => `x${index}`);
    given(...PAST)
      .when(promote(many(PROMOTED_MAX + 1)))
      .isRefused("LIMIT_REACHED");
    given(...PAST)
      .when(promoteFlags(["f1"], many(PROMOTED_MAX)))
      .isRefused("LIMIT_REACHED");
    given(...PAST)
      .when(promote(many(PROMOTED_MAX)))
      .isRefused(...many(PROMOTED_MAX).map(() => "NOT_FOUND" as const));
  });
});
