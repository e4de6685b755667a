import type { AnyAppEvent } from "../../src/apps/app.state";

/** Segments, and configs that use others, for tests of who uses what and where it is live. */
export const segment = (id: string, ...others: string[]): AnyAppEvent => ({
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

export const version = (
  version: number,
  id: string,
  keys: string[],
  segments: string[] = [],
): AnyAppEvent => ({
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

export const published = (id: string, number: number, environment = "production"): AnyAppEvent => ({
  type: "ConfigPublished",
  data: {
    id,
    version: number,
    previousVersion: null,
    environment,
    cause: { kind: "BY_HAND" },
    note: "",
  },
});

export const archived = (id: string): AnyAppEvent => ({ type: "ConfigArchived", data: { id, note: "" } });
