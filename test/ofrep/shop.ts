import { fillApp } from "../access/filledApp";
import { makeToken } from "../access/tokens";
import { startTestServer, type TestServer } from "../support/wholeServer";

export type OfrepShop = Readonly<{
  server: TestServer;
  service: string;
  client: string;
  send: (secret: string, path: string, body: unknown, headers?: Record<string, string>) => Promise<Response>;
  run: (field: string, input: object, selection?: string) => Promise<string>;
}>;

/**
 * An app with something of each kind that OFREP tells apart: `colour` and `on` are blue and true in Berlin, `inner` is not for
 * clients, `off` is disabled, `half` is for half of the users, `plain` has no rules, `list` and `object` are what they say.
 */
export async function openOfrepShop(perMinute = 0): Promise<OfrepShop> {
  const server = await startTestServer({ perMinute: { evaluations: perMinute } });
  await fillApp(server, "shop");
  const run: OfrepShop["run"] = async (field, input, selection = "") => {
    const type = `${field[0]?.toUpperCase()}${field.slice(1)}Input`;
    const data = await server.send(
      `mutation($input: ${type}!) { r: ${field}(input: $input) { ${selection} errors { message } } }`,
      { input },
    );
    const { r } = data as { r: Record<string, { id: string }> & { errors: object[] } };
    if (r.errors.length > 0) throw new Error(`${field}: ${JSON.stringify(r.errors)}`);
    return Object.values(r).find((value) => "id" in value)?.id ?? "";
  };
  const newKey = (name: string, type: string, defaultValue: unknown) =>
    run("createKey", { app: "shop", name, type, defaultValue });
  await newKey("plain", "INTEGER", 7);
  await newKey("list", "ARRAY", [1, 2]);
  await newKey("object", "MAP", { a: 1 });
  for (const [name, percentage] of [
    ["off", 100],
    ["half", 50],
  ] as const) {
    await newKey(name, "BOOLEAN", false);
    const rules = [{ segmentId: null, percentage }];
    const flagId = await run("createFlag", { app: "shop", name, key: name, rules }, "flag { id }");
    await run("publishFlag", { flagId, version: 1 });
    if (name === "off") await run("disableFlag", { flagId, environment: "production" });
  }
  const secretOf = async (input: Record<string, string>) =>
    (await makeToken(server, { app: "shop", ...input })).secret;
  return {
    server,
    run,
    service: await secretOf({ name: "service", kind: "SERVER" }),
    client: await secretOf({ name: "page", kind: "CLIENT", environment: "production" }),
    send: (secret, path, body, headers = {}) =>
      fetch(`${server.address}/ofrep/v1/evaluate/flags${path}`, {
        method: "POST",
        headers: {
          "content-type": "application/json; charset=utf-8",
          ...(secret !== "" && { authorization: `Bearer ${secret}` }),
          ...headers,
        },
        body: typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body),
      }),
  };
}
