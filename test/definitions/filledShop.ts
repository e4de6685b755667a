import type { Definition } from "../../src/definitions/definition.policy";
import { startTestServer } from "../support/wholeServer";

export type Imported = { changes: unknown; errors: { code: string; message: string; path: string[] }[] };
export type FilledShop = Awaited<ReturnType<typeof filledShop>>;

/** A server with an app that has some of everything; one flag is published. */
export async function filledShop() {
  const server = await startTestServer();
  const make = async (field: string, input: object, answer: string): Promise<string> => {
    const Input = `${field.slice(0, 1).toUpperCase()}${field.slice(1)}Input`;
    const data = await server.send(
      `mutation($input: ${Input}!) { r: ${field}(input: $input) { thing: ${answer} { id } errors { message } } }`,
      { input },
    );
    if (!server.read(data, "r.thing.id")) throw new Error(JSON.stringify(data));
    return server.read(data, "r.thing.id");
  };
  const app = "shop";
  await make("createApp", { slug: app, name: "Shop" }, "app");
  await make("createEnvironment", { app, name: "staging" }, "environment");
  for (const name of ["colour", "title"]) {
    await make("createKey", { app, name, type: "STRING", defaultValue: "red" }, "key");
  }
  await make("createKey", { app, name: "checkout", type: "BOOLEAN", defaultValue: false }, "key");
  const city = { name: "Berliners", condition: { city: "Berlin" } };
  const segmentId = await make("createSegment", { app, ...city }, "segment");
  const some = { $and: [{ $segment: segmentId }, { $percent: 10 }] };
  await make("createSegment", { app, name: "A few", condition: some }, "segment");
  await make("createSegment", { app, name: "Us", condition: { $userIn: ["u1", "u2"] } }, "segment");
  const events = [{ name: "Charged", where: { amount: { $gt: 0 } } }];
  await make("createGoal", { app, name: "Bought", events, valueProperty: "amount" }, "goal");
  const values = [{ key: "colour", value: "blue" }];
  const rules = [{ segmentId, percentage: 20, values }];
  const configId = await make("createConfig", { app, name: "Colours", keys: ["colour"], rules }, "config");
  await make("publishConfig", { configId, version: 1 }, "config");
  const flag = { app, name: "Checkout", key: "checkout", rules: [{ segmentId }] };
  const flagId = await make("createFlag", flag, "flag");
  await make("publishFlag", { flagId, version: 1 }, "flag");

  return {
    server,
    /** As it is now. */
    async exported(of = app, includesUserIds = false) {
      const data = await server.send(
        `query($app: String!, $is: Boolean!) { exportApp(app: $app, includesUserIds: $is) { definition revision } }`,
        { app: of, is: includesUserIds },
      );
      return server.read<{ definition: Definition; revision: number }>(data, "exportApp");
    },
    async imported(definition: unknown, options: object = {}, token = server.token): Promise<Imported> {
      const { body } = await server.post(
        {
          query: `mutation($input: ImportAppInput!) { importApp(input: $input) {
            changes { action kind name environments differences { path before after } }
            errors { code message path } } }`,
          variables: { input: { app, definition, ...options } },
        },
        { authorization: `Bearer ${token}` },
      );
      if (body.errors) throw new Error(JSON.stringify(body.errors));
      return server.read<Imported>(body.data, "importApp");
    },
  };
}
