import { CONFIGS, makeLargeApp, VERSIONS } from "./largeApp";
import { freshFolder, removeFolder, startBuiltServer, type RunningServer } from "./runningServer";

const APP = "large";
const WARM_UP = 40;
const ASKED = 200;
const LIST_MS_AIM = 30;
const PUBLISH_MS_AIM = 25;

/** What a console shows of a large app: lists with their uses, search and history, each as one request; and publishing there. */
export async function runListBench(): Promise<void> {
  const dataDir = freshFolder();
  try {
    // The first start makes the database, which the app is then written to.
    await (await startBuiltServer(dataDir)).stop();
    await makeLargeApp(dataDir, APP);
    const server = await startBuiltServer(dataDir);
    try {
      await measureAll(server);
    } finally {
      await server.stop();
    }
  } finally {
    removeFolder(dataDir);
  }
}

async function measureAll(server: RunningServer): Promise<void> {
  const configIds = await untilListed(server);
  for (const [what, document] of Object.entries(READS)) {
    await measure(server, `${what} (aim ${LIST_MS_AIM} ms)`, () => [document, { id: configIds[0] }]);
  }
  await measure(server, `publish a config (aim ${PUBLISH_MS_AIM} ms)`, (index) => [
    PUBLISH,
    { id: configIds[index % CONFIGS], version: VERSIONS - 1 - (Math.floor(index / CONFIGS) % 2) },
  ]);
  const { nodeMb, postgresMb } = server.memory();
  console.log(
    `memory then: node ${nodeMb.toFixed(0)} MB, PostgreSQL ${postgresMb.toFixed(0)} MB (proportional)`,
  );
}

/** One request after the other. Beside the time stands what node and PostgreSQL work for each, which other load changes little. */
async function measure(
  { ask, cpu }: RunningServer,
  what: string,
  request: (index: number) => [document: string, variables: Record<string, unknown>],
): Promise<void> {
  const times: number[] = [];
  let before = cpu();
  let bytes = 0;
  for (let index = -WARM_UP; index < ASKED; index += 1) {
    if (index === 0) before = cpu();
    const { text, ms } = await ask(...request(index + WARM_UP));
    if (!isGood(text)) throw new Error(`${what}: ${text.slice(0, 1_000)}`);
    bytes = text.length;
    if (index >= 0) times.push(ms);
  }
  const after = cpu();
  times.sort((a, b) => a - b);
  const at = (share: number) => (times[Math.floor(ASKED * share)] ?? NaN).toFixed(1);
  const each = (process: "nodeMs" | "postgresMs") => ((after[process] - before[process]) / ASKED).toFixed(1);
  console.log(
    `${what}: p50 ${at(0.5)}, p95 ${at(0.95)} ms; CPU for each: node ${each("nodeMs")}, PostgreSQL ${each("postgresMs")} ms; ${Math.round(bytes / 1024)} KB`,
  );
}

/** Nothing went wrong and nothing was refused. */
function isGood(text: string): boolean {
  return text.startsWith('{"data":{') && !/"errors":\[\{/.test(text) && !text.includes(":null}}");
}

/** The ids of all configs, once the read models have everything. */
async function untilListed({ send }: RunningServer): Promise<readonly string[]> {
  const endsAt = performance.now() + 120_000;
  while (performance.now() < endsAt) {
    const { app } = (await send(
      `{ app(slug: "${APP}") { configs(first: 100) { nodes { id activeVersion { number } } } flags { totalCount } } }`,
    )) as {
      app: { configs: { nodes: { id: string; activeVersion: object | null }[] } } | null;
    };
    const active = app?.configs.nodes.filter(({ activeVersion }) => activeVersion !== null) ?? [];
    if (active.length === CONFIGS) return active.map(({ id }) => id);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("the read models were not up to date within two minutes");
}

const USES = "usedBy { __typename id name }";
const CHANGED = "createdAt createdBy { id } updatedAt updatedBy { id } tags owner";
const RELEASE = `id name description isArchived ${CHANGED} latestVersion { number note createdAt author { id } } activeVersion { number note }`;
const PAGE = "totalCount pageInfo { hasNextPage endCursor }";
const EVENT = "id type time entityKind note actor { id } changes { path before after }";

const READS: Readonly<Record<string, string>> = {
  "100 of 500 keys": `{ app(slug: "${APP}") { keys(first: 100) { nodes { id name type defaultValue description ${CHANGED} ${USES} } ${PAGE} } } }`,
  "100 of 300 segments": `{ app(slug: "${APP}") { segments(first: 100) { nodes { id name description condition ${CHANGED} ${USES} } ${PAGE} } } }`,
  "100 configs": `{ app(slug: "${APP}") { configs(first: 100) { nodes { ${RELEASE} keys { id name } } ${PAGE} } } }`,
  "100 flags": `{ app(slug: "${APP}") { flags(first: 100) { nodes { ${RELEASE} key { id name } isEnabled } ${PAGE} } } }`,
  search: `{ app(slug: "${APP}") { search(query: "page 4") { nodes { __typename id name } totalCount pageInfo { hasNextPage } } } }`,
  "history of the app, 100 changes": `{ app(slug: "${APP}") { history(first: 100) { nodes { ${EVENT} } } } }`,
  "history of a config": `query($id: ID!) { config(id: $id) { history(first: 20) { nodes { ${EVENT} } } } }`,
};

const PUBLISH = `mutation($id: ID!, $version: Int!) { publishConfig(input: { configId: $id, version: $version }) { config { id activeVersion { number } } errors { code message } } }`;
