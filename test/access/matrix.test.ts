import { fillApp, type FilledApp } from "./filledApp";
import { allCalls, documentOf, isNullable, type Call } from "./operationCalls";
import { makeToken } from "./tokens";
import { appStream } from "../../src/apps/app.events";
import { INSTANCE_STREAM } from "../../src/apps/instance.events";
import type { Right } from "../../src/access/roles.policy";
import { startTestServer, type TestServer } from "../support/wholeServer";

jest.setTimeout(300_000);

// Every operation of the schema, sent with the token of every role and kind: of the app that it is about, of another app,
// and of all apps. Generated from the schema, so that a new field cannot escape.

/** Said once more and by hand, so that a slip in the code's own list shows. */
const RIGHTS: Readonly<Record<string, readonly Right[]>> = {
  VIEWER: ["READ", "FOLLOW", "EVALUATE"],
  EDITOR: ["READ", "FOLLOW", "EVALUATE", "EDIT"],
  PUBLISHER: ["READ", "FOLLOW", "EVALUATE", "EDIT", "INGEST", "PUBLISH"],
  ADMIN: ["READ", "FOLLOW", "EVALUATE", "EDIT", "INGEST", "PUBLISH", "ADMINISTER"],
  SERVER: ["FOLLOW", "EVALUATE", "INGEST"],
  CLIENT: ["EVALUATE", "INGEST"],
};
const HOLDERS = Object.keys(RIGHTS);
/** Who can be limited to environments. */
const LIMITED = ["EDITOR", "PUBLISHER"];
/** Its call changes a default, which is served also where nothing is published. */
const REACHING_EVERYWHERE = "editKey";
/** A client is of one app. */
const HOLDERS_OF_ALL_APPS = HOLDERS.filter((holder) => holder !== "CLIENT");

type Answer = { status: number; data?: { r: unknown } | null; errors?: AnswerError[] };
type AnswerError = { message: string; path?: string[]; extensions?: Record<string, unknown> };
type Expected = "ALLOWED" | "FORBIDDEN" | "NOT_THERE";

const calls = allCalls();
let server: TestServer;
let other: FilledApp;
let cells = 0;

beforeAll(async () => {
  server = await startTestServer();
  other = await fillApp(server, "other");
});
afterAll(() => server.stop());

describe.each(HOLDERS)("a token of the app for %s", (holder) => {
  let own: FilledApp;
  let secret: string;
  beforeAll(async () => {
    own = await fillApp(server, `own-${holder.toLowerCase()}`);
    secret = (await makeToken(server, { app: own.slug, name: "asking", ...standing(holder) })).secret;
  });

  it("may do there what its rights say, and nothing else", async () => {
    expect(await wrongCells(calls, own, secret, (call) => expectedIn(call, holder, false))).toEqual([]);
  });

  it("is told of another app exactly what it is told of one that does not exist", async () => {
    const nowhere = renamed(other, "other", "nowhere");
    const before = await revisions();
    for (const call of calls) {
      const told = await ask(call, other, secret);
      const toldOfNothing = await ask(call, nowhere, secret);
      cells += 1;
      const at = `${call.type}.${call.name}`;
      expect([at, JSON.stringify(told).replaceAll("other", "nowhere")]).toEqual([
        at,
        JSON.stringify(toldOfNothing),
      ]);
      const expected = expectedElsewhere(call, holder);
      expect([at, outcomeOf(call, told, expected)]).toEqual([at, expected]);
    }
    expect(await revisions()).toEqual(before);
  });
});

describe.each(HOLDERS_OF_ALL_APPS)("a token of all apps for %s", (holder) => {
  it("may do in any app what its rights say, and nothing else", async () => {
    const app = await fillApp(server, `all-${holder.toLowerCase()}`);
    const { secret } = await makeToken(server, { name: `asking ${holder}`, ...standing(holder) });
    expect(await wrongCells(calls, app, secret, (call) => expectedIn(call, holder, true))).toEqual([]);
  });
});

describe.each(LIMITED)("a token of the app for %s that is limited to environments", (holder) => {
  it.each<readonly [string, string[]]>([
    ["where all is that its calls change: as an unlimited one, but for defaults", ["production", "staging"]],
    ["where nothing is: nothing that changes what users get", ["elsewhere"]],
  ])("may do, %s", async (where, environments) => {
    const app = await fillApp(server, `limited-${holder}-${environments.length}`.toLowerCase());
    const input = { app: app.slug, name: where, ...standing(holder), environments };
    const { secret } = await makeToken(server, input);
    const isNowhere = environments.includes("elsewhere");
    const isBeyond = ({ name, operation: { reach } }: Call) =>
      (isNowhere && reach !== undefined) || name === REACHING_EVERYWHERE;
    expect(
      await wrongCells(calls, app, secret, (call) =>
        isBeyond(call) ? "FORBIDDEN" : expectedIn(call, holder, false),
      ),
    ).toEqual([]);
  });
});

describe("nobody", () => {
  it("may do anything", async () => {
    for (const call of calls) {
      cells += 1;
      const { status, errors } = await ask(call, other, "no-token-of-anybody");
      expect([call.name, status, errors?.[0]?.extensions?.["code"]]).toEqual([
        call.name,
        401,
        "UNAUTHENTICATED",
      ]);
    }
  });
});

describe("the matrix", () => {
  it("has no cell that was not tried", () => {
    const perOperation = 2 * HOLDERS.length + HOLDERS_OF_ALL_APPS.length + 2 * LIMITED.length + 1;
    expect(cells).toBe(calls.length * perOperation);
    console.log(`${calls.length} operations × ${perOperation} kinds of askers = ${cells} cells`);
  });
});

function standing(holder: string): object {
  if (holder === "SERVER") return { kind: holder };
  if (holder === "CLIENT") return { kind: holder, environment: "production" };
  return { kind: "PERSON", role: holder };
}

function expectedIn(
  { operation: { right, of, reach } }: Call,
  holder: string,
  isOfAllApps: boolean,
): Expected {
  const rights = RIGHTS[holder] ?? [];
  const isHeld =
    (right === null || rights.includes(right)) && (reach === undefined || rights.includes(reach.right));
  const isBeyond = of.kind === "ALL_APPS" && !isOfAllApps;
  return isHeld && !isBeyond ? "ALLOWED" : "FORBIDDEN";
}

function expectedElsewhere(call: Call, holder: string): Expected {
  const isNamed = ["APP", "THING", "APP_OR_ALL"].includes(call.operation.of.kind);
  return isNamed ? "NOT_THERE" : expectedIn(call, holder, false);
}

async function wrongCells(
  all: readonly Call[],
  app: FilledApp,
  secret: string,
  expectedOf: (call: Call) => Expected,
): Promise<string[]> {
  const wrong: string[] = [];
  for (const call of all) {
    const answer = await ask(call, app, secret);
    cells += 1;
    const expected = expectedOf(call);
    const outcome = outcomeOf(call, answer, expected);
    if (outcome !== expected) {
      wrong.push(`${call.type}.${call.name}: ${outcome}, not ${expected}: ${JSON.stringify(answer)}`);
    }
  }
  return wrong;
}

/** What an answer says of the asker's right; what else it says does not matter here. */
function outcomeOf(call: Call, { data, errors = [] }: Answer, expected: Expected): string {
  const codes = errors.map(({ extensions }) => String(extensions?.["code"]));
  if (codes.includes("FORBIDDEN")) return data?.r === undefined || data.r === null ? "FORBIDDEN" : "LEAK";
  if (codes.includes("NOT_FOUND")) return "NOT_THERE";
  if (codes.length > 0) return codes.join();
  if (call.type === "Mutation") return outcomeOfMutation(data?.r as Record<string, unknown>);
  const isNothing = data?.r === null && isNullable(call) && expected === "NOT_THERE";
  return isNothing ? "NOT_THERE" : "ALLOWED";
}

function outcomeOfMutation(payload: Record<string, unknown>): string {
  // Beside an error there is no warning.
  const { errors, warnings = [], ...rest } = payload;
  const codes = (errors as { code: string }[]).map(({ code }) => code);
  if (!codes.includes("NOT_FOUND") && !codes.includes("FORBIDDEN")) return "ALLOWED";
  const isNothingElse =
    (warnings as unknown[]).length === 0 &&
    Object.entries(rest).every(([name, value]) => name === "__typename" || value === null);
  const outcome = { NOT_FOUND: "NOT_THERE", FORBIDDEN: "FORBIDDEN" }[codes.join()];
  return outcome !== undefined && isNothingElse ? outcome : `refused ${codes.join()}`;
}

async function ask(call: Call, app: FilledApp, secret: string): Promise<Answer> {
  const body = documentOf(call, app, server.clock.now());
  if (call.type === "Subscription") return firstOf(body, secret);
  const { status, body: answer } = await server.post(body, { authorization: `Bearer ${secret}` });
  return { status, ...answer } as Answer;
}

/** The first result of a subscription. */
async function firstOf(body: object, secret: string): Promise<Answer> {
  const cut = new AbortController();
  const response = await fetch(`${server.address}/graphql/stream`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${secret}` },
    body: JSON.stringify(body),
    signal: cut.signal,
  });
  if (response.status !== 200) {
    return { status: response.status, ...((await response.json()) as Omit<Answer, "status">) };
  }
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk as Uint8Array).toString();
    if (/^data: \{.*\}\n/m.test(text)) break;
  }
  cut.abort();
  const [, data = ""] = /^data: (\{.*\})$/m.exec(text) ?? [];
  return { status: 200, ...(JSON.parse(data) as Omit<Answer, "status">) };
}

function renamed(app: FilledApp, from: string, to: string): FilledApp {
  const ids = Object.entries(app.ids).map(([name, id]) => [name, id.replace(`_${from}_`, `_${to}_`)]);
  return { ...app, slug: to, ids: Object.fromEntries(ids) as Record<string, string> };
}

/** Of everything that a token of another app could have changed. */
async function revisions(): Promise<readonly number[]> {
  const { apps, instance } = server.running.parts;
  return [(await apps.state(appStream("other"))).revision, (await instance.state(INSTANCE_STREAM)).revision];
}
