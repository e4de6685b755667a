import { appDecider, type AppCommand } from "../../src/apps/app.decider";
import type { AnyAppEvent } from "../../src/apps/app.state";
import type { ConfigContent, ConfigEvent, ConfigRule } from "../../src/configs/config.events";
import type { KeyContent, KeyEvent, KeyType } from "../../src/keys/key.events";
import type { Json, JsonObject } from "../../src/lib/json";
import type { ReleaseEvent } from "../../src/releases/release.events";
import { deciding } from "../support/deciding";

/** An app with two environments, three keys and three segments. */
export const { given, run, state } = deciding(appDecider);

export const CONFIG = "config_shop_a";
export const NEW_CONFIG = "config_shop_command0";

export const key = (name: string, type: KeyType, content: Partial<KeyContent> = {}): KeyEvent => ({
  type: "KeyCreated",
  data: {
    name,
    type,
    defaultValue: 0,
    description: "",
    valueSchema: null,
    isVisibleToClients: true,
    note: "",
    ...content,
  },
});

export const keyEdited = (name: string, content: Partial<KeyContent>): KeyEvent => ({
  type: "KeyEdited",
  data: {
    name,
    defaultValue: 0,
    description: "",
    valueSchema: null,
    isVisibleToClients: true,
    note: "",
    ...content,
  },
});

export const keyArchived = (name: string): KeyEvent => ({
  type: "KeyArchived",
  data: { name, note: "" },
});

const segment = (id: string): AnyAppEvent => ({
  type: "SegmentCreated",
  data: {
    id,
    name: id.slice("segment_shop_".length),
    description: "",
    condition: {},
    clonedFrom: null,
    note: "",
  },
});

export const segmentArchived = (id: string): AnyAppEvent => ({
  type: "SegmentArchived",
  data: { id, note: "" },
});

export const NY = "segment_shop_ny";
export const MIAMI = "segment_shop_miami";

export const APP: readonly AnyAppEvent[] = [
  { type: "AppCreated", data: { slug: "shop", name: "Shop", note: "" } },
  { type: "EnvironmentCreated", data: { name: "production", description: "", note: "" } },
  { type: "EnvironmentCreated", data: { name: "staging", description: "", note: "" } },
  key("dark_mode", "INTEGER"),
  key("title", "STRING"),
  key("price", "FLOAT"),
  segment(NY),
  segment(MIAMI),
];

export function rule(id: string, changes: Partial<ConfigRule> = {}): ConfigRule {
  return {
    id,
    seed: `seed of ${id}`,
    segmentId: null,
    percentage: 100,
    bucketBy: null,
    bucketByFallback: null,
    values: [{ key: "dark_mode", value: 4 }],
    ...changes,
  };
}

/** A rule as a client sends it. */
export const draft = (values: Record<string, Json> = { dark_mode: 4 }, rest: JsonObject = {}) => ({
  values: Object.entries(values).map(([key, value]) => ({ key, value })),
  ...rest,
});

export const content = (
  rules: readonly ConfigRule[] = [rule("r1")],
  keys: readonly string[] = ["dark_mode"],
) => ({
  keys,
  rules,
});

type Data = { id?: string; name?: string; version?: number; content?: ConfigContent };

const saved = ({ id = CONFIG, name = "dark mode", content: given = content() }: Data) => ({
  id,
  name,
  description: "",
  content: given,
  references: {
    keys: [...given.keys].sort(),
    segments: [...new Set(given.rules.flatMap(({ segmentId }) => segmentId ?? []))].sort(),
  },
  note: "",
});

export const created = (data: Data = {}): ConfigEvent => ({
  type: "ConfigCreated",
  data: { ...saved(data), version: 1 },
});

export const edited = (version: number, data: Data = {}): ConfigEvent => ({
  type: "ConfigEdited",
  data: { ...saved(data), version },
});

type DataOf<Type extends ReleaseEvent<unknown>["type"]> = Extract<
  ReleaseEvent<unknown>,
  { type: Type }
>["data"];

export const published = (version: number, data: Partial<DataOf<"Published">> = {}): ConfigEvent => ({
  type: "ConfigPublished",
  data: {
    id: CONFIG,
    version,
    previousVersion: null,
    environment: "production",
    cause: { kind: "BY_HAND" },
    note: "",
    ...data,
  },
});

export const unpublished = (
  previousVersion: number,
  data: Partial<DataOf<"Unpublished">> = {},
): ConfigEvent => ({
  type: "ConfigUnpublished",
  data: {
    id: CONFIG,
    previousVersion,
    environment: "production",
    cause: { kind: "BY_HAND" },
    note: "",
    ...data,
  },
});

export const scheduled = (scheduleId: string, data: Partial<DataOf<"Scheduled">> = {}): ConfigEvent => ({
  type: "ConfigScheduled",
  data: {
    id: CONFIG,
    scheduleId,
    version: 1,
    environment: "production",
    startsAt: day(1),
    endsAt: null,
    note: "",
    ...data,
  },
});

export const scheduleCancelled = (scheduleId: string): ConfigEvent => ({
  type: "ConfigScheduleCancelled",
  data: { id: CONFIG, scheduleId, note: "" },
});

export const archivedConfig = (id = CONFIG): ConfigEvent => ({
  type: "ConfigArchived",
  data: { id, note: "" },
});

/** Days after the given facts, which happen at the very beginning of 2026. */
export const day = (n: number): string => new Date(Date.UTC(2026, 0, 1 + n)).toISOString();

export const createConfig = (changes: object = {}): AppCommand => ({
  type: "CreateConfig",
  data: { name: "dark mode", keys: ["dark_mode"], rules: [draft()], ...changes },
});

export const editConfig = (changes: object = {}): AppCommand => ({
  type: "EditConfig",
  data: { id: CONFIG, ...changes },
});

export const publish = (version: number, environment = "production", id = CONFIG): AppCommand => ({
  type: "PublishConfig",
  data: { id, version, environment },
});

export const unpublish = (environment = "production"): AppCommand => ({
  type: "UnpublishConfig",
  data: { id: CONFIG, environment },
});

export const schedule = (
  startsAt: string,
  endsAt: string | null = null,
  changes: object = {},
): AppCommand => ({
  type: "ScheduleConfig",
  data: { id: CONFIG, version: 1, environment: "production", startsAt, endsAt, ...changes },
});
