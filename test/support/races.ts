/** Sends a document to one server and answers its data. */
export type Send = (document: string, variables?: Record<string, unknown>) => Promise<unknown>;
export type RaceResult = Readonly<{ pairs: number; wrong: string[] }>;

const PAIRS_PER_APP = 100;
const IN_FLIGHT = 8;

/** Races "archive this key" against "use this key in a config" through two servers: exactly one may succeed. */
export function raceKeys(a: Send, b: Send, pairs: number): Promise<RaceResult> {
  return raceInApps(a, "race-keys", pairs, async (app, index) => {
    const name = `k${index}`;
    await must(a(createKey, { app, name }));
    return Promise.all([
      a(
        `mutation($app: String!, $name: String!) { r: archiveKey(input: { app: $app, name: $name }) { errors { code } } }`,
        {
          app,
          name,
        },
      ),
      b(createConfig, configInput(app, `uses k${index}`, name, null)),
    ]);
  });
}

/** Races "archive this segment" against "use it in a config". */
export function raceSegments(a: Send, b: Send, pairs: number): Promise<RaceResult> {
  return raceInApps(a, "race-segments", pairs, async (app, index) => {
    const name = `k${index}`;
    await must(a(createKey, { app, name }));
    const created = await must(
      a(
        `mutation($app: String!, $name: String!, $condition: JSON!) { r: createSegment(input: { app: $app, name: $name, condition: $condition }) { errors { code message } segment { id } } }`,
        { app, name: `segment ${index}`, condition: { city: "New York" } },
      ),
    );
    const segmentId = (created as { segment: { id: string } }).segment.id;
    return Promise.all([
      a(`mutation($id: ID!) { r: archiveSegment(input: { segmentId: $id }) { errors { code } } }`, {
        id: segmentId,
      }),
      b(createConfig, configInput(app, `uses segment ${index}`, name, segmentId)),
    ]);
  });
}

/** Races two configs for one key. */
export function raceConfigs(a: Send, b: Send, pairs: number): Promise<RaceResult> {
  return raceInApps(a, "race-configs", pairs, async (app, index) => {
    const name = `k${index}`;
    await must(a(createKey, { app, name }));
    return Promise.all([
      a(createConfig, configInput(app, `A${index}`, name, null)),
      b(createConfig, configInput(app, `B${index}`, name, null)),
    ]);
  });
}

/** Races "a config takes this key" against "a flag takes it": exactly one may have it. */
export function raceConfigsAndFlags(a: Send, b: Send, pairs: number): Promise<RaceResult> {
  return raceInApps(a, "race-flags", pairs, async (app, index) => {
    const name = `k${index}`;
    await must(a(createBooleanKey, { app, name }));
    // The server that made the key knows of it first, so each kind is sent there in turn.
    const [one, other] = index % 2 === 0 ? [a, b] : [b, a];
    const answers = await Promise.all([
      one(createConfig, configInput(app, `config ${index}`, name, null, true)),
      other(createFlag, { input: { app, name: `flag ${index}`, key: name, rules: [{}] } }),
    ]);
    const [ofA, ofB] = [await kindsUsing(a, app, name), await kindsUsing(b, app, name)];
    if (ofA.length !== 1 || ofA[0] !== ofB[0]) {
      throw new Error(`${app} ${name} is used by ${ofA.join()} and ${ofB.join()}`);
    }
    return answers;
  });
}

/** Races "archive this environment" against "publish there". */
export function raceEnvironments(a: Send, b: Send, pairs: number): Promise<RaceResult> {
  const configs = new Map<string, Promise<string>>();
  return raceInApps(a, "race-environments", pairs, async (app, index) => {
    const configId = await (configs.get(app) ?? remembered(configs, app, newConfig(a, app)));
    const environment = `e${index}`;
    await must(a(environmentMutation("createEnvironment"), { app, environment }));
    const outcomes = await Promise.all([
      a(environmentMutation("archiveEnvironment"), { app, environment }),
      b(publication("publishConfig", ", version: 1"), { configId, environment }),
    ]);
    // An app has only so many at a time. What was archived and is published in could not be put away so.
    await must(b(publication("unpublishConfig"), { configId, environment })).catch(() => undefined);
    await must(b(environmentMutation("archiveEnvironment"), { app, environment }));
    return outcomes;
  });
}

function remembered<Value>(map: Map<string, Value>, id: string, value: Value): Value {
  map.set(id, value);
  return value;
}

async function newConfig(send: Send, app: string): Promise<string> {
  await must(send(createKey, { app, name: "k" }));
  const { config } = (await must(
    send(
      `mutation($input: CreateConfigInput!) { r: createConfig(input: $input) { config { id } errors { code message } } }`,
      configInput(app, "published everywhere", "k", null),
    ),
  )) as { config: { id: string } };
  return config.id;
}

const environmentMutation = (name: string): string =>
  `mutation($app: String!, $environment: String!) { r: ${name}(input: { app: $app, name: $environment }) { errors { code message } } }`;
const publication = (name: string, more = ""): string =>
  `mutation($configId: ID!, $environment: String!) { r: ${name}(input: { configId: $configId, environment: $environment${more} }) { errors { code message } } }`;

/** Races "import a definition that uses this segment and key" against "archive one of them": exactly one may succeed. */
export function raceImports(a: Send, b: Send, pairs: number): Promise<RaceResult> {
  return raceInApps(
    a,
    "race-imports",
    pairs,
    async (app, index) => {
      const name = `k${index}`;
      await must(a(createKey, { app, name }));
      const created = await must(
        a(
          `mutation($app: String!, $name: String!, $condition: JSON!) { r: createSegment(input: { app: $app, name: $name, condition: $condition }) { errors { code message } segment { id } } }`,
          { app, name: `segment ${index}`, condition: { city: "New York" } },
        ),
      );
      const segmentId = (created as { segment: { id: string } }).segment.id;
      const exported = (await b(`query($app: String!) { r: exportApp(app: $app) { definition } }`, {
        app,
      })) as {
        r: { definition: { configs: object[] } };
      };
      const { definition } = exported.r;
      const using = {
        ...definition,
        configs: [...definition.configs, configDefinition(index, name, segmentId)],
      };
      const isKey = index % 2 === 0;
      const archive = isKey
        ? a(
            `mutation($app: String!, $name: String!) { r: archiveKey(input: { app: $app, name: $name }) { errors { code } } }`,
            { app, name },
          )
        : a(`mutation($id: ID!) { r: archiveSegment(input: { segmentId: $id }) { errors { code } } }`, {
            id: segmentId,
          });
      const answers = await Promise.all([
        archive,
        b(`mutation($input: ImportAppInput!) { r: importApp(input: $input) { errors { code message } } }`, {
          input: { app, definition: using },
        }),
      ]);
      await mustBeInOrder(a, app, isKey ? { name } : { segmentId });
      return answers;
    },
    // The import takes back what was archived, so both may come to pass, one after the other.
    { successes: [1, 2], inFlight: 1 },
  );
}

function configDefinition(index: number, key: string, segmentId: string): object {
  const labels = { tags: [], owner: null, removeBy: null };
  const rule = { segmentId, percentage: 100, bucketBy: null, bucketByFallback: null };
  const rules = [{ ...rule, values: [{ key, value: "x" }] }];
  return { id: `config-${index}`, name: `config ${index}`, description: "", keys: [key], rules, ...labels };
}

/** What was raced for is used by the config, or archived, and never both. */
async function mustBeInOrder(
  send: Send,
  app: string,
  { name = null, segmentId = null }: { name?: string | null; segmentId?: string | null },
): Promise<void> {
  const answer = (await (name !== null
    ? send(
        `query($app: String!, $name: String!) { r: key(app: $app, name: $name) { isArchived usedBy { name } } }`,
        { app, name },
      )
    : send(`query($id: ID!) { r: segment(id: $id) { isArchived usedBy { name } } }`, { id: segmentId }))) as {
    r: { isArchived: boolean; usedBy: object[] };
  };
  const { isArchived, usedBy } = answer.r;
  if (isArchived === usedBy.length > 0) {
    throw new Error(`${app} ${name ?? segmentId}: archived is ${isArchived}, with ${usedBy.length} users`);
  }
}

/** Everything archived that something uses, over all apps of the races: must be empty. */
export async function archivedInUse(send: Send): Promise<string[]> {
  const wrong: string[] = [];
  const apps = (await send(`query { apps(first: 100) { nodes { slug } } }`)) as {
    apps: { nodes: { slug: string }[] };
  };
  for (const { slug } of apps.apps.nodes.filter(({ slug }) => slug.startsWith("race-"))) {
    for (const list of ["keys", "segments"]) {
      let after: string | null = null;
      do {
        const answer = (await send(
          `query($slug: String!, $after: String) { app(slug: $slug) { list: ${list}(first: 100, archived: ONLY, after: $after) { nodes { name usedBy { name } } pageInfo { endCursor hasNextPage } } } }`,
          { slug, after },
        )) as {
          app: {
            list: {
              nodes: { name: string; usedBy: { name: string }[] }[];
              pageInfo: { endCursor: string | null; hasNextPage: boolean };
            };
          };
        };
        const { nodes, pageInfo } = answer.app.list;
        for (const { name, usedBy } of nodes)
          if (usedBy.length > 0) wrong.push(`${slug}: ${name} is archived and in use`);
        after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
      } while (after !== null);
    }
  }
  return wrong;
}

async function raceInApps(
  a: Send,
  prefix: string,
  pairs: number,
  race: (app: string, index: number) => Promise<readonly unknown[]>,
  { successes: allowed, inFlight }: Readonly<{ successes: readonly number[]; inFlight: number }> = {
    successes: [1],
    inFlight: IN_FLIGHT,
  },
): Promise<RaceResult> {
  const wrong: string[] = [];
  for (let start = 0; start < pairs; start += PAIRS_PER_APP) {
    const app = `${prefix}-${start / PAIRS_PER_APP}`;
    await must(
      a(
        `mutation($app: String!) { r: createApp(input: { slug: $app, name: "Race" }) { errors { code message } } }`,
        { app },
      ),
    );
    const indexes = Array.from({ length: Math.min(PAIRS_PER_APP, pairs - start) }, (_, index) => index);
    const worker = async () => {
      for (let index = indexes.shift(); index !== undefined; index = indexes.shift()) {
        const outcomes = (await race(app, index)).map(codesOf);
        const successes = outcomes.filter((codes) => codes.length === 0).length;
        if (!allowed.includes(successes))
          wrong.push(`${app} pair ${index}: ${successes} succeeded (${JSON.stringify(outcomes)})`);
      }
    };
    await Promise.all(Array.from({ length: inFlight }, worker));
  }
  return { pairs, wrong };
}

const createKey = `mutation($app: String!, $name: String!) { r: createKey(input: { app: $app, name: $name, type: STRING, defaultValue: "" }) { errors { code message } } }`;
const createConfig = `mutation($input: CreateConfigInput!) { r: createConfig(input: $input) { errors { code } } }`;

const createBooleanKey = `mutation($app: String!, $name: String!) { r: createKey(input: { app: $app, name: $name, type: BOOLEAN, defaultValue: false }) { errors { code message } } }`;
const createFlag = `mutation($input: CreateFlagInput!) { r: createFlag(input: $input) { errors { code } } }`;

function configInput(
  app: string,
  name: string,
  key: string,
  segmentId: string | null,
  value: string | boolean = "x",
) {
  return { input: { app, name, keys: [key], rules: [{ segmentId, values: [{ key, value }] }] } };
}

async function kindsUsing(send: Send, app: string, name: string): Promise<string[]> {
  const answer = (await send(
    `query($app: String!, $name: String!) { key(app: $app, name: $name) { usedBy { __typename } } }`,
    { app, name },
  )) as { key: { usedBy: { __typename: string }[] } };
  return answer.key.usedBy.map(({ __typename }) => __typename);
}

function codesOf(answer: unknown): string[] {
  return (answer as { r: { errors: { code: string }[] } }).r.errors.map(({ code }) => code);
}

async function must(answer: Promise<unknown>): Promise<unknown> {
  const payload = ((await answer) as { r: { errors: { message: string }[] } }).r;
  if (payload.errors.length > 0) throw new Error(JSON.stringify(payload.errors));
  return payload;
}
