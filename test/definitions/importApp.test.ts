import { filledShop, type FilledShop } from "./filledShop";
import type { Definition } from "../../src/definitions/definition.policy";

type Change = { action: string; kind: string; name: string; environments: string[]; differences: object[] };

let shop: FilledShop;
beforeAll(async () => {
  shop = await filledShop();
});
afterAll(() => shop.server.stop());

describe("importApp", () => {
  it("changes nothing if nothing was changed", async () => {
    const { definition, revision } = await shop.exported();
    expect(await shop.imported(definition, { expectedRevision: revision })).toEqual({
      changes: [],
      errors: [],
    });
    expect((await shop.exported()).revision).toBe(revision);
  });

  it("shows the one place that was changed by hand, before it is applied, and then is it", async () => {
    const { definition, revision } = await shop.exported();
    // As git and an editor do it: the text of a file.
    const text = JSON.stringify(definition, null, 2);
    const edited = JSON.parse(text.replace('"percentage": 20', '"percentage": 35')) as Definition;
    const rule = definition.configs[0]?.rules[0]?.id ?? "";
    const change = {
      action: "CHANGED",
      kind: "Config",
      name: "Colours",
      environments: [],
      differences: [{ path: `rules/${rule}/percentage`, before: 20, after: 35 }],
    };
    const shown = await shop.imported(edited, { validateOnly: true, expectedRevision: revision });
    expect(shown).toEqual({ changes: [change], errors: [] });
    expect((await shop.exported()).revision).toBe(revision);

    const applied = await shop.imported(edited, { expectedRevision: revision, note: "more of them" });
    expect(applied).toEqual(shown);
    expect(await shop.exported()).toEqual({ definition: edited, revision: revision + 1 });
    expect(await latestNote(shop)).toBe("more of them");
  });

  it("says where what is live changes, and what is archived is unpublished", async () => {
    const { definition } = await shop.exported();
    const keys = definition.keys.map((key) =>
      key.name === "colour" ? { ...key, defaultValue: "pink" } : key,
    );
    const flags = definition.flags.filter(({ name }) => name !== "Checkout");
    const changes = await changed({ ...definition, keys, flags });
    expect(changes.map(({ differences: _, ...rest }) => rest)).toEqual([
      { action: "CHANGED", kind: "Key", name: "colour", environments: ["production", "staging"] },
      { action: "ARCHIVED", kind: "Flag", name: "Checkout", environments: ["production"] },
    ]);
  });

  it("refuses a definition that was made before others changed the app", async () => {
    const { definition, revision } = await shop.exported();
    expect(await shop.imported(definition, { expectedRevision: revision - 1 })).toMatchObject({
      changes: null,
      errors: [{ code: "VERSION_CONFLICT", path: ["expectedRevision"] }],
    });
  });

  it("does a repeated command once", async () => {
    const { definition, revision } = await shop.exported();
    const edited = { ...definition, keys: definition.keys.map((key) => ({ ...key, description: "again" })) };
    const options = { commandId: "import-1", expectedRevision: revision };
    expect((await shop.imported(edited, options)).errors).toEqual([]);
    const after = await shop.exported();
    expect(await shop.imported(edited, options)).toEqual({ changes: [], errors: [] });
    expect(await shop.exported()).toEqual(after);
  });

  it("makes another app the same, whose ids are its own", async () => {
    const { definition } = await shop.exported();
    await shop.server.send(
      `mutation { createApp(input: { slug: "other", name: "x" }) { errors { message } } }`,
    );
    const changes = await changed(definition, "other");
    expect(new Set(changes.map(({ action }) => action))).toEqual(new Set(["CREATED", "CHANGED"]));
    const copy = (await shop.exported("other")).definition;
    const renamed = JSON.parse(
      JSON.stringify(copy).replace(/"((?:segment|config|flag|goal)_)other_\w+"/g, '"$1"'),
    ) as object;
    const original = JSON.parse(
      JSON.stringify(definition).replace(/"((?:segment|config|flag|goal)_)shop_\w+"/g, '"$1"'),
    ) as object;
    expect(renamed).toEqual(original);
    // The lists of user ids came along from the app that has them.
    const { definition: shown } = await shop.exported("other", true);
    expect(shown.segments.find(({ name }) => name === "Us")?.condition).toEqual({ $userIn: ["u1", "u2"] });
  });

  async function changed(definition: Definition, app = "shop"): Promise<Change[]> {
    const { changes, errors } = await shop.imported(definition, { app });
    expect(errors).toEqual([]);
    return changes as Change[];
  }
});

async function latestNote({ server }: FilledShop): Promise<string> {
  const data = await server.send(
    `{ app(slug: "shop") { configs(first: 1) { nodes { latestVersion { note } } } } }`,
  );
  return server.read(data, "app.configs.nodes.0.latestVersion.note");
}
