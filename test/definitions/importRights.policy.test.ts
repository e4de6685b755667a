import { DEFINITION, SHOP } from "./shopEvents";
import { IMPORT, importing, reasons, withFirst } from "./importing";
import type { Definition } from "../../src/definitions/definition.policy";
import { given } from "../configs/shop";
import { ALL_RIGHTS } from "../support/deciding";

describe("by what it comes to, an import takes the rights of the single acts", () => {
  const may = (...rights: string[]) => ({ ...IMPORT, rights: new Set(rights) });
  const asked = (changes: Partial<Definition>, ...rights: string[]) =>
    reasons(given(...SHOP).when(importing(changes), may(...rights)));
  const forbidden = (right: string, act: string) =>
    `FORBIDDEN definition: This ${act}, which takes the right ${right}. Leave that as it is, or ask somebody who has it.`;
  const archives = forbidden("PUBLISH", "archives something, or restores a config or flag");
  const administers = forbidden("ADMINISTER", "changes the app's name, settings or environments");

  it("takes only EDIT for what is not live", () => {
    expect(asked(withFirst("goals", { description: "x" }), "READ", "EDIT")).toEqual([]);
  });

  it.each<readonly [string, Partial<Definition>]>([
    ["a goal", { goals: [] }],
    ["a segment", { segments: DEFINITION.segments.filter(({ name }) => name !== "A few") }],
    ["a config", { configs: [] }],
    ["a flag", { flags: [] }],
    ["a key", { keys: DEFINITION.keys.filter(({ name }) => name !== "checkout"), flags: [] }],
  ])("takes PUBLISH to archive %s", (_what, changes) => {
    expect(asked(changes, "READ", "EDIT")).toEqual([archives]);
    expect(asked(changes, "READ", "EDIT", "PUBLISH")).toEqual([]);
  });

  it.each<readonly [string, Partial<Definition>]>([
    ["the app's name", { app: { ...DEFINITION.app, name: "Store" } }],
    ["the settings", { app: { ...DEFINITION.app, settings: { mutuallyExclusiveExperiments: true } } }],
    ["environments", { environments: [...DEFINITION.environments, { name: "test", description: "" }] }],
    ["an environment", { environments: DEFINITION.environments.map((e) => ({ ...e, description: "x" })) }],
    ["which environments there are", { environments: DEFINITION.environments.slice(0, 1) }],
  ])("takes ADMINISTER to change %s", (_what, changes) => {
    expect(asked(changes, "READ", "EDIT", "PUBLISH")).toEqual([administers]);
    expect(asked(changes, ...ALL_RIGHTS)).toEqual([]);
  });

  it("tells each right that is missing once", () => {
    expect(
      asked({ app: { ...DEFINITION.app, name: "Store" }, flags: [], goals: [] }, "READ", "EDIT"),
    ).toEqual([administers, archives]);
  });
});
