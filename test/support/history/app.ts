import { appStream } from "../../../src/apps/app.events";
import { ask, change } from "./apiCaller";
import type { Outcome } from "./history";
import type { Recorder } from "./recorder";

/** An app to be changed from all sides: single keys, keys that an import changes together, and a config of versions. */
export type App = Readonly<{ slug: string; stream: string; configId: string }>;

export const KEYS = ["single_0", "single_1", "single_2", "single_3"] as const;
export const IMPORTED_KEYS = ["many_0", "many_1", "many_2", "many_3", "many_4"] as const;
/** Of `createApp`: the app itself, and its environment. */
const EVENTS_OF_AN_APP = 2;

export async function createApp(recorder: Recorder, address: string, slug: string): Promise<App> {
  const stream = appStream(slug);
  const make = async (mutation: string, variables: object, count = 1): Promise<void> => {
    const work = (id: string): Promise<Outcome> => change(address, mutation, { app: slug, id, ...variables });
    const outcome = await recorder.operate({ stream, count }, work, () => true);
    if (outcome.kind !== "ok") throw new Error(`${slug} could not be made: ${mutation} was ${outcome.kind}.`);
  };
  await make(CREATE_APP, {}, EVENTS_OF_AN_APP);
  for (const name of [...KEYS, ...IMPORTED_KEYS]) await make(CREATE_KEY, { name });
  await make(CREATE_CONFIG, { rules: rulesWith("") });
  const data = (await ask(address, CONFIGS, { app: slug })) as {
    app: { configs: { nodes: [{ id: string }] } };
  };
  return { slug, stream, configId: data.app.configs.nodes[0].id };
}

const CREATE_APP = `mutation($app: String!, $id: String!) { r: createApp(input: { slug: $app, name: "A", commandId: $id }) { errors { code message } } }`;
const CREATE_KEY = `mutation($app: String!, $name: String!, $id: String!) { r: createKey(input: { app: $app, name: $name, type: STRING, defaultValue: "", commandId: $id }) { errors { code message } } }`;
const CREATE_CONFIG = `mutation($app: String!, $rules: [ConfigRuleInput!]!, $id: String!) { r: createConfig(input: { app: $app, name: "C", keys: ["single_0"], rules: $rules, commandId: $id }) { errors { code message } } }`;
const CONFIGS = `query($app: String!) { app(slug: $app) { configs(first: 1) { nodes { id } } } }`;

export const rulesWith = (value: string): object[] => [{ values: [{ key: "single_0", value }] }];
