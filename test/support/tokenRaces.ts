import type { RaceResult } from "./races";
import type { TestServer } from "./wholeServer";
import { REVOKED_MS_MAX } from "../../src/access/knownTokens";

const IN_FLIGHT = 10;
/** How long a use is tried after the answer, so that one that is accepted too late would show. */
const TRIED_MS = 2 * REVOKED_MS_MAX;
/** Whoever is still accepted after so long is accepted for ever, however slow the machine is. */
const NEVER_REFUSED_MS = 30_000;
const PAUSE_MS = 40;

/**
 * Races "revoke the token" at one server, each in turn, against "use it" at both: nothing that is sent later
 * than a second after the answer may be accepted, and either server must refuse in the end. What was let in before may be
 * recorded later, since a slow machine takes its time.
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
      const servers = index % 2 === 0 ? ([a, b] as const) : ([b, a] as const);
      wrong.push(...(await raceRevocation(servers, index)));
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  return { pairs, wrong };
}

async function raceRevocation(servers: readonly [TestServer, TestServer], index: number): Promise<string[]> {
  const [revoking] = servers;
  const key = `k${index % KEYS}`;
  if (index < KEYS) await must(revoking, CREATE_KEY, { name: key });
  const { id, secret } = await newToken(revoking, {
    app: "race-tokens",
    name: `t${index}`,
    role: "EDITOR",
  });
  const revocation = { answeredAtMs: Infinity };
  const uses = servers.map((server) => startUsing(server, key, secret, revocation));
  await Promise.all(uses.map(({ first }) => first));
  await must(
    revoking,
    `mutation($id: ID!) { r: revokeToken(input: { tokenId: $id }) { errors { code message } } }`,
    { id },
  );
  revocation.answeredAtMs = Date.now();
  const found = await Promise.all(uses.map(({ found }) => found));
  return found.flatMap(({ accepted, isRefused }) => [
    ...accepted
      .map((sentAtMs) => sentAtMs - revocation.answeredAtMs)
      .filter((afterMs) => afterMs > REVOKED_MS_MAX)
      .map((afterMs) => `pair ${index}: used ${afterMs} ms after the answer`),
    ...(accepted.length > 0 ? [] : [`pair ${index}: never used`]),
    ...(isRefused ? [] : [`pair ${index}: never refused by one server`]),
  ]);
}

/**
 * Uses a token over and over, and keeps when each use that was accepted had been sent. `first` ends when it was tried once,
 * `found` when it is refused and TRIED_MS have passed.
 */
function startUsing(
  server: TestServer,
  key: string,
  secret: string,
  revocation: Readonly<{ answeredAtMs: number }>,
): { first: Promise<void>; found: Promise<{ accepted: number[]; isRefused: boolean }> } {
  const accepted: number[] = [];
  let isTried = (): void => undefined;
  const first = new Promise<void>((resolve) => (isTried = resolve));
  const useAll = async () => {
    let isRefused = false;
    const isOver = (): boolean =>
      Date.now() > revocation.answeredAtMs + (isRefused ? TRIED_MS : NEVER_REFUSED_MS);
    for (let round = 0; !isOver(); round += 1) {
      const sentAtMs = Date.now();
      if (await isLetIn(server, key, secret, `${server.address} ${round}`)) accepted.push(sentAtMs);
      else isRefused = true;
      isTried();
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    return { accepted, isRefused };
  };
  return { first, found: useAll() };
}

async function isLetIn(
  server: TestServer,
  name: string,
  secret: string,
  description: string,
): Promise<boolean> {
  const { status, body } = await server.post(
    { query: EDIT_KEY, variables: { name, description } },
    { authorization: `Bearer ${secret}` },
  );
  if (status === 401) return false;
  const { data } = body as { data?: { r?: { errors: object[] } } };
  if (data?.r?.errors.length !== 0) throw new Error(JSON.stringify(body));
  return true;
}

/** Pairs share keys, since an app has so many; the description tells their edits apart. */
const KEYS = 200;
const CREATE_KEY = `mutation($name: String!) { r: createKey(input: { app: "race-tokens", name: $name, type: STRING, defaultValue: "" }) { errors { code message } } }`;
const EDIT_KEY = `mutation($name: String!, $description: String!) { r: editKey(input: { app: "race-tokens", name: $name, description: $description }) { errors { code message } } }`;

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
