import { DEFINITION, SHOP } from "./shopEvents";
import type { AppCommand } from "../../src/apps/app.decider";
import type { AnyAppEvent } from "../../src/apps/app.state";
import type { Definition, SegmentDefinition } from "../../src/definitions/definition.policy";
import { given } from "../configs/shop";
import type { Setting } from "../support/deciding";

/** The shop's definition with these sections instead. */
export const importing = (changes: Partial<Definition> = {}, data: object = {}): AppCommand => ({
  type: "ImportApp",
  data: { definition: { ...DEFINITION, ...changes }, ...data },
});
export const IMPORT: Setting = { commandId: "i" };

type Imported = ReturnType<ReturnType<typeof given>["when"]>;

export const importedInto = (
  past: readonly AnyAppEvent[],
  changes: Partial<Definition> = {},
  data: object = {},
): Imported => given(...past).when(importing(changes, data), IMPORT);

export const imported = (changes: Partial<Definition> = {}, data: object = {}): Imported =>
  importedInto(SHOP, changes, data);

/** Each reason as its code, path and words. */
export const reasons = ({ decision }: Imported): readonly string[] =>
  decision.outcome === "refused"
    ? decision.reasons.map(({ code, path, message }) => `${code} ${path.join(".")}: ${message}`)
    : [];

export const segment = (id: string, name: string, condition: object): SegmentDefinition => ({
  ...{ id, name, description: "", condition: condition as SegmentDefinition["condition"] },
  ...{ tags: [], owner: null, removeBy: null },
});

export const withSegments = (...more: SegmentDefinition[]): Partial<Definition> => ({
  segments: [...DEFINITION.segments, ...more],
});

/** A section whose first thing is another. */
export const withFirst = <Section extends "keys" | "segments" | "goals" | "configs" | "flags">(
  section: Section,
  changes: Partial<Definition[Section][number]>,
): Partial<Definition> => ({
  [section]: DEFINITION[section].map((thing, index) => (index === 0 ? { ...thing, ...changes } : thing)),
});
