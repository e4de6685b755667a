import type { AnyAppEvent } from "../../src/apps/app.state";

/** An app in which one config can be published. */
export const APP: readonly AnyAppEvent[] = [
  { type: "AppCreated", data: { slug: "shop", name: "Shop", note: "" } },
  { type: "EnvironmentCreated", data: { name: "production", description: "", note: "" } },
];

const id = "config_shop_c";

export const configSaved: AnyAppEvent = {
  type: "ConfigCreated",
  data: {
    id,
    name: "Colours",
    description: "",
    content: { keys: [], rules: [] },
    references: { keys: [], segments: [] },
    note: "",
    version: 1,
  },
};

export const published = (environment: string): AnyAppEvent => ({
  type: "ConfigPublished",
  data: { id, version: 1, previousVersion: null, environment, cause: { kind: "BY_HAND" }, note: "" },
});

export const scheduled = (environment: string): AnyAppEvent => ({
  type: "ConfigScheduled",
  data: {
    id,
    scheduleId: "schedule_shop_1",
    version: 1,
    environment,
    startsAt: "2027-01-01T00:00:00.000Z",
    endsAt: null,
    note: "",
  },
});
