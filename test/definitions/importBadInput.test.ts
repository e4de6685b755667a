import { filledShop, type FilledShop } from "./filledShop";
import type { Definition } from "../../src/definitions/definition.policy";
import { FORM_FAULTS_MAX } from "../../src/definitions/definitionForm.policy";
import { EDITOR_BODY_BYTES_MAX } from "../../src/http/limits";
import { KEYS_PER_APP_MAX } from "../../src/keys/key.decider";
import { makeToken } from "../access/tokens";

let shop: FilledShop;
let good: Definition;
let revision: number;
beforeAll(async () => {
  shop = await filledShop();
  ({ definition: good, revision } = await shop.exported());
});
afterEach(async () => {
  // Nothing is half done.
  expect(await shop.exported()).toEqual({ definition: good, revision });
});
afterAll(() => shop.server.stop());

type Edit = (definition: Definition) => unknown;
type Told = readonly [code: string, path: string, words: string];

const [key] = [{ description: "", valueSchema: null, isVisibleToClients: true }];
const newKey = (name: string, type = "STRING", defaultValue: unknown = "x") => ({
  ...{ name, type, defaultValue, tags: [], owner: null, removeBy: null },
  ...key,
});
const segment = (id: string, name: string, condition: object) => ({
  ...{ id, name, description: "", condition, tags: [], owner: null, removeBy: null },
});
/** The config of the shop with its one rule, or the rule's one value, made into another. */
const withRule = (definition: Definition, rule: object) => ({
  ...definition,
  configs: definition.configs.map((config) => ({
    ...config,
    rules: config.rules.map((known) => ({ ...known, ...rule })),
  })),
});

describe("an import is refused", () => {
  it.each<readonly [string, Edit, Told]>([
    [
      "with a field that there is not",
      (d) => ({ ...d, kys: [] }),
      ["INVALID", "definition.kys", 'the member "kys"'],
    ],
    [
      "with a cycle of segments",
      (d) => ({
        ...d,
        segments: [...d.segments, segment("x", "X", { $segment: "y" }), segment("y", "Y", { $segment: "x" })],
      }),
      ["CYCLE", "definition.segments.3.condition", '"X" → "Y" → "X"'],
    ],
    [
      "with one key too many",
      (d) => ({ ...d, keys: Array.from({ length: KEYS_PER_APP_MAX + 1 }, (_, n) => newKey(`k${n}`)) }),
      ["LIMIT_REACHED", "definition.keys", `at most ${KEYS_PER_APP_MAX} keys`],
    ],
    [
      "with a value that is none of its key's type",
      (d) => withRule(d, { values: [{ key: "colour", value: 7 }] }),
      ["INVALID", "definition.configs.0.rules.0.values.0.value", '"colour"'],
    ],
    [
      "with another seed of a rule",
      (d) => withRule(d, { seed: "another" }),
      ["INVALID", "definition.configs.0.rules.0.seed", "keeps its seed"],
    ],
    [
      "with a condition that is none",
      (d) => ({ ...d, segments: [...d.segments, segment("x", "X", { age: { $gtt: 1 } })] }),
      ["INVALID", "definition.segments.3.condition.age.$gtt", "$gtt"],
    ],
    [
      "with a percentage above 100",
      (d) => withRule(d, { percentage: 101 }),
      ["INVALID", "definition.configs.0.rules.0.percentage", "from 0 to 100"],
    ],
    [
      "with a list of users that nobody has",
      (d) => ({ ...d, segments: [...d.segments, segment("x", "X", { $userIn: { list: "ff", count: 1 } })] }),
      ["NOT_FOUND", "definition.segments.3.condition.$userIn", "no such list of users"],
    ],
    [
      "without the environment in which something is published",
      (d) => ({ ...d, environments: d.environments.filter(({ name }) => name !== "production") }),
      ["IN_USE", "definition.environments", "there are publications"],
    ],
    [
      "without the key of what is kept",
      (d) => ({ ...d, keys: d.keys.filter(({ name }) => name !== "colour") }),
      ["IN_USE", "definition.keys", '"Colours"'],
    ],
  ])("%s", async (_what, edit, [code, path, words]) => {
    const { changes, errors } = await shop.imported(edit(good));
    expect(changes).toBeNull();
    expect(errors.map((error) => [error.code, error.path.join(".")])).toContainEqual([code, path]);
    expect(errors.map(({ message }) => message).join()).toContain(words);
  });

  it("with a bounded number of reasons", async () => {
    const keys = good.keys.flatMap((each) =>
      Array.from({ length: 50 }, (_, n) => ({ ...each, name: `${each.name}${n}`, type: "TEXT" })),
    );
    const { errors } = await shop.imported({ ...good, keys });
    expect(errors).toHaveLength(FORM_FAULTS_MAX);
  });

  it("with 20 MB", async () => {
    const description = "x".repeat(20 * 1_048_576);
    const { status, body } = await shop.server.post({ variables: { description } });
    expect([status, body.errors?.[0]?.extensions]).toEqual([413, { code: "LIMIT_EXCEEDED" }]);
    expect(body.errors?.[0]?.message).toContain(`${EDITOR_BODY_BYTES_MAX} bytes`);
  });

  it("with the note of nobody: too long a one, said once", async () => {
    const { errors } = await shop.imported(good, { note: "x".repeat(2_001) });
    expect(errors.map(({ code, path }) => [code, path])).toEqual([["INVALID", ["note"]]]);
  });
});

describe("by what it comes to, an import takes the rights of the single acts", () => {
  const askers = { EDITOR: "", PUBLISHER: "", VIEWER: "" };
  beforeAll(async () => {
    for (const role of ["EDITOR", "PUBLISHER", "VIEWER"] as const) {
      const { secret } = await makeToken(shop.server, { app: "shop", name: role, kind: "PERSON", role });
      askers[role] = secret;
    }
    ({ revision } = await shop.exported());
  });

  const asked = async (role: keyof typeof askers, definition: unknown) => {
    const { errors } = await shop.imported(definition, { validateOnly: true }, askers[role]);
    return errors.map(({ code, path }) => [code, path.join(".")]);
  };
  const forbidden = [["FORBIDDEN", "definition"]];

  it("lets an EDITOR edit what is not live", async () => {
    expect(await asked("EDITOR", withRule(good, { percentage: 50 }))).toEqual([]);
  });

  it("lets only a PUBLISHER change what is live, and archive", async () => {
    const keys = good.keys.map((each) => (each.name === "colour" ? { ...each, defaultValue: "pink" } : each));
    for (const edited of [
      { ...good, keys },
      { ...good, goals: [] },
      { ...good, flags: [] },
    ]) {
      expect(await asked("EDITOR", edited)).toEqual(forbidden);
      expect(await asked("PUBLISHER", edited)).toEqual([]);
    }
  });

  it("lets only an ADMIN change environments, and the app itself", async () => {
    const environments = [...good.environments, { name: "test", description: "" }];
    for (const edited of [
      { ...good, environments },
      { ...good, app: { ...good.app, name: "Store" } },
    ]) {
      expect(await asked("PUBLISHER", edited)).toEqual(forbidden);
    }
  });

  it("lets nobody find lists of users in apps that they may not see", async () => {
    const { server } = shop;
    await server.send(`mutation { createApp(input: { slug: "theirs", name: "T" }) { errors { message } } }`);
    const own = { app: "theirs", name: "own", kind: "PERSON", role: "ADMIN" };
    const { secret } = await makeToken(server, own);
    const { errors } = await shop.imported(good, { app: "theirs", validateOnly: true }, secret);
    expect(errors.map(({ code }) => code)).toEqual(["NOT_FOUND"]);
  });
});
