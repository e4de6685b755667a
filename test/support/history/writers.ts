import { setTimeout as sleep } from "node:timers/promises";
import { ask, change } from "./apiCaller";
import { IMPORTED_KEYS, KEYS, rulesWith, type App } from "./app";
import type { Outcome } from "./history";
import type { Random } from "./random";
import type { Recorder } from "./recorder";
import { schemaVersionOf } from "../../../src/apps/schemaVersions";
import {
  NO_STREAM,
  StoreUnavailable,
  type EventStore,
  type NewEvent,
} from "../../../src/eventstore/eventStore";

const PAUSE_MS_MAX = 40;
const AWAY_PAUSE_MS = 100;
const EVENTS_MAX = 5;
const AT_ONCE_MAX = 5;
const IMPORT_ATTEMPTS_MAX = 8;
const CHAIN_MAX = 3;

export type Writing = Readonly<{
  app: App;
  recorder: Recorder;
  random: Random;
  isOver: () => boolean;
}>;

/** Changes the app as people do, through any of the servers, until it is over. */
export async function writeByApi(writing: Writing, addresses: readonly [string, ...string[]]): Promise<void> {
  const { random, isOver } = writing;
  while (!isOver()) {
    const address = (): string => random.pick(addresses);
    const kind = random.between(0, 3);
    if (kind === 0) await importSoon(writing, address);
    else if (kind === 1) await editConfig(writing, address);
    else await editKeys(writing, address);
    await sleep(random.between(0, PAUSE_MS_MAX));
  }
}

/** Many do not wait to hear what became of it. */
function persistence({ random, isOver }: Writing): () => boolean {
  const isPersistent = random.chance(0.6);
  return () => isPersistent && !isOver();
}

/** One by one, or several at once through one server, which then appends them together. */
async function editKeys(writing: Writing, address: () => string): Promise<void> {
  const { random } = writing;
  const at = address();
  const edits = random.chance(0.3) ? random.between(2, AT_ONCE_MAX) : 1;
  await Promise.all(Array.from({ length: edits }, () => editKey(writing, () => at, persistence(writing))));
}

export async function editKey(
  { app, recorder, random }: Pick<Writing, "app" | "recorder" | "random">,
  address: () => string,
  isTriedAgain?: () => boolean,
): Promise<Outcome> {
  const name = random.pick(KEYS);
  const work = (id: string): Promise<Outcome> =>
    change(address(), EDIT_KEY, { app: app.slug, name, value: id, id });
  return recorder.operate({ stream: app.stream, count: 1 }, work, isTriedAgain ?? (() => false));
}

async function editConfig(writing: Writing, address: () => string): Promise<void> {
  const { app, recorder } = writing;
  const work = (id: string): Promise<Outcome> =>
    change(address(), EDIT_CONFIG, { configId: app.configId, rules: rulesWith(id), id });
  await recorder.operate({ stream: app.stream, count: 1 }, work, persistence(writing));
}

/** Others come in between most times. */
async function importSoon(writing: Writing, address: () => string): Promise<void> {
  for (let attempt = 0; attempt < IMPORT_ATTEMPTS_MAX && !writing.isOver(); attempt++) {
    const outcome = await importKeys(writing, address);
    if (outcome.kind !== "refused") return;
  }
}

type Definition = Readonly<{ keys: readonly Readonly<{ name: string }>[] }>;

/** Five events in one append, which are there all or not at all, right behind the revision that was exported. */
async function importKeys(writing: Writing, address: () => string): Promise<Outcome> {
  const { app, recorder } = writing;
  const exported = await ask(address(), EXPORT, { app: app.slug }).catch(() => null);
  if (exported === null) return sleep(AWAY_PAUSE_MS, { kind: "unknown" });
  const { definition, revision } = (exported as { r: { definition: Definition; revision: number } }).r;
  const count = IMPORTED_KEYS.length;
  const work = (id: string): Promise<Outcome> => {
    const keys = definition.keys.map((key) =>
      key.name.startsWith("many_") ? { ...key, defaultValue: id } : key,
    );
    const variables = { app: app.slug, definition: { ...definition, keys }, revision, id };
    return change(address(), IMPORT, variables, { revision: revision + count });
  };
  return recorder.operate({ stream: app.stream, count }, work, persistence(writing));
}

const EDIT_KEY = `mutation($app: String!, $name: String!, $id: String!, $value: JSON) { r: editKey(input: { app: $app, name: $name, defaultValue: $value, commandId: $id }) { errors { code message } } }`;
const EDIT_CONFIG = `mutation($configId: ID!, $rules: [ConfigRuleInput!]!, $id: String!) { r: editConfig(input: { configId: $configId, rules: $rules, commandId: $id }) { errors { code message } } }`;
const EXPORT = `query($app: String!) { r: exportApp(app: $app) { definition revision } }`;
const IMPORT = `mutation($app: String!, $definition: JSONObject!, $revision: Int!, $id: String!) { r: importApp(input: { app: $app, definition: $definition, expectedRevision: $revision, commandId: $id }) { errors { code message } } }`;

/** Appends to the app's stream itself, at the port, where it is told the place. Some appends are chains, sent at once. */
export async function writeByPort(writing: Writing, store: EventStore): Promise<void> {
  const { app, recorder, random, isOver } = writing;
  let known = NO_STREAM;
  while (!isOver()) {
    let next = known;
    const links = Array.from({ length: random.between(1, CHAIN_MAX) }, () => {
      const [expected, count] = [next, random.between(1, EVENTS_MAX)];
      next += count;
      const work = async (id: string): Promise<Outcome> => {
        const { outcome, revision } = await append(store, app, { id, expected, count });
        if (revision !== null) known = Math.max(known, revision);
        return outcome;
      };
      return recorder.operate({ stream: app.stream, count }, work, persistence(writing));
    });
    const isAway = (await Promise.all(links)).some(({ kind }) => kind === "unknown");
    await sleep(isAway ? AWAY_PAUSE_MS : random.between(0, PAUSE_MS_MAX));
  }
}

type PortAppend = Readonly<{ id: string; expected: number; count: number }>;

async function append(
  store: EventStore,
  { stream }: App,
  { id, expected, count }: PortAppend,
): Promise<{ outcome: Outcome; revision: number | null }> {
  const events = Array.from({ length: count }, (_, index) => keyEdited(`${id} ${index}`));
  const meta = { actor: "port", commandId: id, recordedAt: new Date().toISOString(), fingerprint: id };
  try {
    const result = await store.append({ stream, expectedRevision: expected, commandId: id, events, meta });
    if (result.outcome === "conflict")
      return { outcome: { kind: "refused" }, revision: result.actualRevision };
    const { revision, position } = result;
    return { outcome: { kind: "ok", at: { revision, position } }, revision };
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    return { outcome: { kind: "unknown" }, revision: null };
  }
}

/** As the decider would have it. */
function keyEdited(defaultValue: string): NewEvent {
  const content = { defaultValue, description: "", valueSchema: null, isVisibleToClients: true };
  const data = { name: "single_0", note: "", ...content };
  return { type: "KeyEdited", schemaVersion: schemaVersionOf("KeyEdited"), data };
}
