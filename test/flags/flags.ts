import type { AppCommand } from "../../src/apps/app.decider";
import type { AnyAppEvent } from "../../src/apps/app.state";
import type { ConfigEvent } from "../../src/configs/config.events";
import type { FlagContent, FlagEvent, FlagRule } from "../../src/flags/flag.events";
import {
  APP as SHOP,
  key,
  published as configPublished,
  scheduled as configScheduled,
} from "../configs/shop";

/** The shop of the configs, with two keys that can be flags. */
export const APP: readonly AnyAppEvent[] = [
  ...SHOP,
  key("new_checkout", "BOOLEAN", { defaultValue: false }),
  key("beta", "BOOLEAN", { defaultValue: false }),
];

export const FLAG = "flag_shop_a";
export const NEW_FLAG = "flag_shop_command0";

export function rule(id: string, changes: Partial<FlagRule> = {}): FlagRule {
  return {
    id,
    seed: `seed of ${id}`,
    segmentId: null,
    percentage: 100,
    bucketBy: null,
    bucketByFallback: null,
    value: true,
    ...changes,
  };
}

export const content = (rules: readonly FlagRule[] = [rule("r1")], name = "new_checkout"): FlagContent => ({
  key: name,
  rules,
});

type Data = { id?: string; name?: string; version?: number; content?: FlagContent };

const saved = ({ id = FLAG, name = "New checkout", content: given = content() }: Data) => ({
  id,
  name,
  description: "",
  content: given,
  references: {
    keys: [given.key],
    segments: [...new Set(given.rules.flatMap(({ segmentId }) => segmentId ?? []))].sort(),
  },
  note: "",
});

export const created = (data: Data = {}): FlagEvent => ({
  type: "FlagCreated",
  data: { ...saved(data), version: 1 },
});

export const edited = (version: number, data: Data = {}): FlagEvent => ({
  type: "FlagEdited",
  data: { ...saved(data), version },
});

export const published = (
  version: number,
  data: Partial<Extract<FlagEvent, { type: "FlagPublished" }>["data"]> = {},
): FlagEvent => ofFlag(configPublished(version, { id: FLAG, ...data }));

export const scheduled = (scheduleId: string): FlagEvent => ofFlag(configScheduled(scheduleId, { id: FLAG }));

/** The same that happens to a config, of a flag. */
const ofFlag = ({ type, data }: ConfigEvent): FlagEvent =>
  ({ type: type.replace("Config", "Flag"), data }) as FlagEvent;

export const archived = (id = FLAG): FlagEvent => ({ type: "FlagArchived", data: { id, note: "" } });

export const disabled = (environment = "production", note = ""): FlagEvent => ({
  type: "FlagDisabled",
  data: { id: FLAG, environment, note },
});

export const enabled = (environment = "production", note = ""): FlagEvent => ({
  type: "FlagEnabled",
  data: { id: FLAG, environment, note },
});

export const createFlag = (changes: object = {}): AppCommand => ({
  type: "CreateFlag",
  data: { name: "New checkout", key: "new_checkout", rules: [{}], ...changes },
});

export const editFlag = (changes: object = {}): AppCommand => ({
  type: "EditFlag",
  data: { id: FLAG, ...changes },
});

export const publishFlag = (version: number, environment = "production"): AppCommand => ({
  type: "PublishFlag",
  data: { id: FLAG, version, environment },
});
