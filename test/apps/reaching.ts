import { appDecider, type AppCommand } from "../../src/apps/app.decider";
import type { AnyAppEvent } from "../../src/apps/app.state";
import type { KeyEvent } from "../../src/keys/key.events";
import { APP, configSaved, published } from "./published";
import { deciding } from "../support/deciding";

export const { given, run, state } = deciding(appDecider);

export const CONFIG = "config_shop_c";
export const FLAG = "flag_shop_f";
export const SEGMENT = "segment_shop_s";
const environment = (name: string): AnyAppEvent => ({
  type: "EnvironmentCreated",
  data: { name, description: "", note: "" },
});
const key: KeyEvent & { type: "KeyCreated" } = {
  type: "KeyCreated",
  data: {
    name: "colour",
    type: "STRING",
    defaultValue: "red",
    description: "",
    valueSchema: null,
    isVisibleToClients: true,
    note: "",
  },
};
const segment: AnyAppEvent = {
  type: "SegmentCreated",
  data: { id: SEGMENT, name: "NY", description: "", condition: {}, clonedFrom: null, note: "" },
};
/** A version that uses the key and the segment. */
const using: AnyAppEvent = {
  type: "ConfigEdited",
  data: {
    id: CONFIG,
    name: "Colours",
    description: "",
    version: 2,
    note: "",
    references: { keys: ["colour"], segments: [SEGMENT] },
    content: {
      keys: ["colour"],
      rules: [
        {
          id: "r",
          seed: "s",
          segmentId: SEGMENT,
          percentage: 100,
          bucketBy: "id",
          bucketByFallback: null,
          values: [{ key: "colour", value: "blue" }],
        },
      ],
    },
  },
};
const flagSaved: AnyAppEvent = {
  type: "FlagCreated",
  data: {
    id: FLAG,
    name: "On",
    description: "",
    version: 1,
    note: "",
    references: { keys: ["on"], segments: [] },
    content: { key: "on", rules: [] },
  },
};
const keyOn: AnyAppEvent = {
  type: "KeyCreated",
  data: { ...key.data, name: "on", type: "BOOLEAN", defaultValue: false },
};
/** An app with three environments, a config whose second version uses a key and a segment, and a flag. */
export const PAST = [
  ...APP,
  environment("staging"),
  environment("qa"),
  key,
  segment,
  configSaved,
  using,
  keyOn,
  flagSaved,
];
export const publishedTwo = (where: string): AnyAppEvent => {
  const event = published(where) as Extract<AnyAppEvent, { type: "ConfigPublished" }>;
  return { ...event, data: { ...event.data, version: 2 } };
};

export const only = (...environments: string[]) => ({ environments });
export const editor = (...environments: string[]) => ({ environments, rights: new Set(["READ", "EDIT"]) });
export const publish = (where: string): AppCommand => ({
  type: "PublishConfig",
  data: { id: CONFIG, version: 2, environment: where },
});
export const forbidden = (path: string, ...environments: string[]) => ({
  code: "FORBIDDEN",
  path: [path],
  message: `This changes what users get in ${environments.map((name) => `"${name}"`).join(", ")}, and you may not publish there. Ask somebody who may.`,
});

export const NAMES = ["production", "staging", "qa"];
