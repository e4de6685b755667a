import { getNamedType, isInputObjectType } from "graphql";
import { fillApp, type FilledApp } from "../access/filledApp";
import { allCalls, documentOf, OFF_THE_LOG, type Call } from "../access/operationCalls";
import { NOTE_LENGTH_MAX } from "../../src/lib/note";
import { startTestServer, type TestServer } from "../support/wholeServer";

// Every mutation of the schema that stands in the history, whatever it changes: a new one cannot forget its note.

const mutations = allCalls().filter(({ type, name }) => type === "Mutation" && !OFF_THE_LOG.has(name));

let server: TestServer;
let app: FilledApp;
beforeAll(async () => {
  server = await startTestServer();
  app = await fillApp(server, "noted");
});
afterAll(() => server.stop());

/** What makes a mutation change anything that would find nothing to change. */
const EDITS: Readonly<Record<string, object>> = {
  editApp: { name: "Another" },
  editKey: { description: "Another" },
  editSegment: { name: "Another" },
  editEnvironment: { description: "Another" },
  updateAppSettings: { mutuallyExclusiveExperiments: true },
};

type Payload = Readonly<{ errors: readonly Readonly<{ code: string; path: readonly string[] }>[] }>;

describe("whoever changes anything", () => {
  it.each(mutations)("can say why: $name", ({ field }) => {
    const [input] = field.args;
    const type = input && getNamedType(input.type);
    expect(isInputObjectType(type) && Object.keys(type.getFields())).toContain("note");
  });

  it.each(mutations)("changes nothing with a note that cannot be: $name", async (call) => {
    for (const note of ["x".repeat(NOTE_LENGTH_MAX + 1), "a\u0007b"]) {
      const before = await newest();
      const { errors } = await sent(call, { ...inputOf(call), note });
      expect(await newest()).toEqual(before);
      // What would change nothing anyway need not look at the note.
      if (errors.length > 0) expect(errors.map(({ path }) => path.join())).toContain("note");
    }
  });

  const changed = new Set<string>();
  it.each(mutations)("can say as much as fits, and the history shows it: $name", async (call) => {
    const note = `${call.name} `.padEnd(NOTE_LENGTH_MAX, "x");
    const before = await newest();
    const { errors } = await sent(call, { ...inputOf(call), note });
    const after = await newest();
    expect(errors.filter(({ path }) => path.join() === "note")).toEqual([]);
    if (after.totalCount === before.totalCount) return;
    changed.add(call.name);
    expect(after.nodes).toEqual([{ note }]);
  });

  it("was tried by most of what there is", () => {
    expect(changed.size).toBeGreaterThan(mutations.length / 2);
  });
});

function inputOf(call: Call): Readonly<Record<string, unknown>> {
  const { input } = documentOf(call, app, server.clock.now()).variables;
  const isValidated = "validateOnly" in (input as object);
  return { ...(input as object), ...(isValidated ? { validateOnly: false } : {}), ...EDITS[call.name] };
}

async function sent(call: Call, input: object): Promise<Payload> {
  const data = await server.send(documentOf(call, app, server.clock.now()).query, { input });
  return (data as { r: Payload }).r;
}

type Newest = Readonly<{ totalCount: number; nodes: readonly Readonly<{ note: string }>[] }>;

async function newest(): Promise<Newest> {
  const data = await server.send(
    `{ app(slug: "noted") { history(first: 1) { totalCount nodes { note } } } }`,
  );
  return server.read<Newest>(data, "app.history");
}
