import { filledShop, type FilledShop } from "./filledShop";
import { appStream } from "../../src/apps/app.events";
import { finishRegisteredApps } from "../../src/apps/createApp";
import { INSTANCE_STREAM } from "../../src/apps/instance.events";
import type { Definition } from "../../src/definitions/definition.policy";
import { until } from "../support/until";

let shop: FilledShop;
beforeAll(async () => {
  shop = await filledShop();
});
afterAll(() => shop.server.stop());

type Copied = { app: { slug: string } | null; errors: { code: string; path: string[] }[] };

async function copied(input: object): Promise<Copied> {
  const data = await shop.server.send(
    `mutation($input: CopyAppInput!) { copyApp(input: $input) { app { slug } errors { code path } } }`,
    { input: { from: "shop", name: "Copy", ...input } },
  );
  return shop.server.read<Copied>(data, "copyApp");
}

const withoutIds = (definition: Definition): unknown =>
  JSON.parse(JSON.stringify(definition).replace(/"(segment|config|flag|goal)_[a-z0-9-]+_\w+"/g, '"$1"'));

describe("copyApp", () => {
  it("makes an app with the same definition, under another name, and with nothing published", async () => {
    expect(await copied({ slug: "copy" })).toEqual({ app: { slug: "copy" }, errors: [] });
    const { definition } = await shop.exported("shop", true);
    const copy = await shop.exported("copy", true);
    expect(withoutIds(copy.definition)).toEqual(
      withoutIds({ ...definition, app: { ...definition.app, name: "Copy" } }),
    );
    const data = await shop.server.send(
      `{ app(slug: "copy") { configs(first: 9) { nodes { latestVersion { number } activeVersion { number } } } } }`,
    );
    expect(data).toEqual({
      app: { configs: { nodes: [{ latestVersion: { number: 1 }, activeVersion: null }] } },
    });
  });

  it("is one append, so that nobody ever sees half of it", async () => {
    await copied({ slug: "whole" });
    const { store } = shop.server.running.parts;
    const events = await store.readStream(appStream("whole"), 0, 1_000);
    expect(new Set(events.map(({ meta }) => meta.commandId)).size).toBe(1);
    expect(events.map(({ type }) => type)).toContain("FlagCreated");
  });

  it("does a repeated command once, whatever became of the source meanwhile", async () => {
    const input = { slug: "again", commandId: "copy-again" };
    expect((await copied(input)).errors).toEqual([]);
    const after = await shop.exported("again");
    const { definition } = await shop.exported();
    await shop.imported({ ...definition, goals: [] });
    expect(await copied(input)).toEqual({ app: { slug: "again" }, errors: [] });
    expect(await shop.exported("again")).toEqual(after);
    await shop.imported(definition);
  });

  it("that was interrupted after the slug was reserved is finished later, whole", async () => {
    const { running } = shop.server;
    const { apps, instance, database } = running.parts;
    const data = { slug: "late", name: "Copy", copiedFrom: "shop" };
    const envelope = { commandId: "late", actor: "admin", may: () => true };
    const registered = await instance.handle(INSTANCE_STREAM, { type: "RegisterApp", data }, envelope);
    if (registered.outcome === "refused") throw new Error("a new slug is free");
    await running.runner.projected(registered.position);
    expect(await shop.server.send(`{ app(slug: "late") { id } }`)).toEqual({ app: null });

    await finishRegisteredApps({ apps, database });
    await until("the copy shows", async () => {
      const shown = await shop.server.send(`{ app(slug: "late") { id } }`);
      return shop.server.read(shown, "app") !== null;
    });
    const { definition } = await shop.exported();
    expect(withoutIds((await shop.exported("late")).definition)).toEqual(
      withoutIds({ ...definition, app: { ...definition.app, name: "Copy" } }),
    );
  });

  it.each<readonly [string, object, string, string]>([
    ["an app that there is not", { from: "nowhere", slug: "free" }, "NOT_FOUND", "from"],
    ["to a slug that is taken", { slug: "shop" }, "TAKEN", "slug"],
    ["to a slug that is none", { slug: "Free!" }, "INVALID", "slug"],
    ["under no name", { slug: "free", name: "" }, "INVALID", "name"],
  ])("refuses to copy %s, and takes no slug for it", async (_what, input, code, path) => {
    expect(await copied(input)).toEqual({ app: null, errors: [{ code, path: [path] }] });
    expect(await copied({ slug: "free", validateOnly: true })).toEqual({ app: null, errors: [] });
    expect(await shop.server.send(`{ app(slug: "free") { id } }`)).toEqual({ app: null });
  });
});
