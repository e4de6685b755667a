import type { RaceResult } from "./races";
import type { TestServer } from "./wholeServer";
import { TOKEN_KNOWN_MS_MAX } from "../../src/access/knownTokens";

const IN_FLIGHT = 10;
/** How long a use is tried after the answer, so that one that is accepted too late would show. */
const TRIED_MS = 2 * TOKEN_KNOWN_MS_MAX;
const PAUSE_MS = 40;

/**
 * Races "revoke the token" at one server against "use it" at both: nothing may be accepted later than a second after the
 * answer. A use counts as accepted when its event was recorded, by the one clock that all of this machine has.
 */
export async function raceRevocations(a: TestServer, b: TestServer, pairs: number): Promise<RaceResult> {
  await must(
    a,
    `mutation { r: createApp(input: { slug: "race-tokens", name: "Race" }) { errors { code } } }`,
  );
  const wrong: string[] = [];
  const indexes = Array.from({ length: pairs }, (_, index) => index);
  const worker = async (): Promise<void> => {
    for (let index = indexes.shift(); index !== undefined; index = indexes.shift()) {
      wrong.push(...(await raceRevocation(a, b, index)));
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  return { pairs, wrong };
}

async function raceRevocation(a: TestServer, b: TestServer, index: number): Promise<string[]> {
  const key = `k${index % KEYS}`;
  if (index < KEYS) await must(a, CREATE_KEY, { name: key });
  const { id, secret } = await newToken(a, { app: "race-tokens", name: `t${index}`, role: "EDITOR" });
  const race = { answeredAtMs: Infinity, accepted: [] as number[], refused: 0 };
  const use = async (server: TestServer): Promise<void> => {
    for (let round = 0; Date.now() < race.answeredAtMs + TRIED_MS; round += 1) {
      const description = `${index} ${round} ${server.address}`;
      const { status, body } = await server.post(
        { query: EDIT_KEY, variables: { name: key, description } },
        { authorization: `Bearer ${secret}` },
      );
      if (status === 401) race.refused += 1;
      else race.accepted.push(recordedAtMs(body));
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  };
  const uses = [use(a), use(b)];
  await new Promise((resolve) => setTimeout(resolve, 3 * PAUSE_MS));
  await must(
    a,
    `mutation($id: ID!) { r: revokeToken(input: { tokenId: $id }) { errors { code message } } }`,
    { id },
  );
  race.answeredAtMs = Date.now();
  await Promise.all(uses);
  const late = race.accepted.filter((atMs) => atMs > race.answeredAtMs + TOKEN_KNOWN_MS_MAX);
  return [
    ...late.map((atMs) => `pair ${index}: used ${atMs - race.answeredAtMs} ms after the answer`),
    ...(race.accepted.length === 0 ? [`pair ${index}: never used`] : []),
    ...(race.refused === 0 ? [`pair ${index}: never refused`] : []),
  ];
}

/** Pairs share keys, since an app has so many; the description tells their edits apart. */
const KEYS = 200;
const CREATE_KEY = `mutation($name: String!) { r: createKey(input: { app: "race-tokens", name: $name, type: STRING, defaultValue: "" }) { errors { code message } } }`;
const EDIT_KEY = `mutation($name: String!, $description: String!) { r: editKey(input: { app: "race-tokens", name: $name, description: $description }) { key { updatedAt } errors { code } } }`;

function recordedAtMs(body: unknown): number {
  const { r } = (body as { data: { r: { key: { updatedAt: string } } } }).data;
  return Date.parse(r.key.updatedAt);
}

/**
 * Two who are the only ADMINs of all apps revoke each other, through two servers: exactly one may succeed, so that one is
 * always left. Ends with an admin token that nobody knows any more, so it must be the last race of its servers.
 */
export async function raceLastAdmins(a: TestServer, b: TestServer, pairs: number): Promise<RaceResult> {
  const wrong: string[] = [];
  let holder = { id: "token_instance_admin", secret: a.token };
  for (let index = 0; index < pairs; index += 1) {
    const rival = await newToken(a, { name: `admin ${index}`, role: "ADMIN" }, holder.secret);
    const [byHolder, byRival] = await Promise.all([
      revokes(a, holder.secret, rival.id),
      revokes(b, rival.secret, holder.id),
    ]);
    if (byHolder === byRival) wrong.push(`pair ${index}: ${byHolder ? "both" : "neither"} succeeded`);
    if (byRival) holder = rival;
  }
  return { pairs, wrong };
}

async function revokes(server: TestServer, secret: string, id: string): Promise<boolean> {
  const { status, body } = await server.post(
    {
      query: `mutation($id: ID!) { r: revokeToken(input: { tokenId: $id }) { errors { code } } }`,
      variables: { id },
    },
    { authorization: `Bearer ${secret}` },
  );
  const { data } = body as { data?: { r?: { errors: object[] } } };
  return status === 200 && data?.r?.errors.length === 0;
}

async function newToken(
  server: TestServer,
  input: object,
  asker = server.token,
): Promise<{ id: string; secret: string }> {
  const { token, secret } = (await must(
    server,
    `mutation($input: CreateTokenInput!) { r: createToken(input: $input) { token { id } secret errors { code message } } }`,
    { input: { kind: "PERSON", ...input } },
    asker,
  )) as { token: { id: string }; secret: string };
  return { id: token.id, secret };
}

async function must(
  server: TestServer,
  query: string,
  variables: object = {},
  secret = server.token,
): Promise<unknown> {
  const { body } = await server.post({ query, variables }, { authorization: `Bearer ${secret}` });
  const payload = (body as { data?: { r?: { errors: object[] } } }).data?.r;
  if (!payload || payload.errors.length > 0) throw new Error(JSON.stringify(body));
  return payload;
}
