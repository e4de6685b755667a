import { startTestServer, type TestServer } from "../support/wholeServer";
import { until } from "../support/until";

export type WebhookShop = Readonly<{
  server: TestServer;
  /** Does what a mutation says; gives its payload, whose errors must be none. */
  done: (name: string, input: object, selection: string) => Promise<Record<string, unknown>>;
  /** The same, where it is refused: the errors. */
  refused: (name: string, input: object) => Promise<{ code: string; message: string; path: string[] }[]>;
  createKey: (name: string) => Promise<unknown>;
  hook: (url: string, more?: object) => Promise<{ id: string; secret: string }>;
  shown: (id: string) => Promise<ShownHook>;
  untilStatus: (id: string, status: string) => Promise<void>;
}>;

export type ShownHook = Readonly<{
  status: string;
  cursor: string;
  disabledReason: string | null;
  failingSince: string | null;
  nextAttemptAt: string | null;
  attempts: {
    at: string;
    eventId: string;
    eventType: string;
    status: number | null;
    durationMs: number;
    error: string | null;
  }[];
}>;

/** An app on a server whose webhooks may reach this machine, unless it says otherwise. */
export async function openWebhookShop(
  options: Parameters<typeof startTestServer>[0] = {},
): Promise<WebhookShop> {
  const server = await startTestServer({ arePrivateAddressesAllowed: true, ...options });
  if (!options.on) await done("createApp", { slug: "shop", name: "Shop" }, "app { id }");

  async function call(name: string, input: object, selection: string): Promise<Payload> {
    const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
    const data = await server.send(
      `mutation($input: ${type}!) { r: ${name}(input: $input) { ${selection} errors { code message path } } }`,
      { input },
    );
    return (data as { r: Payload }).r;
  }

  async function done(name: string, input: object, selection: string): Promise<Record<string, unknown>> {
    const payload = await call(name, input, selection);
    if (payload.errors.length > 0) throw new Error(`${name}: ${JSON.stringify(payload.errors)}`);
    return payload;
  }

  async function shown(id: string): Promise<ShownHook> {
    const data = await server.send(
      `query($id: ID!) { node(id: $id) { ... on Webhook { status cursor disabledReason failingSince nextAttemptAt
         attempts { at eventId eventType status durationMs error } } } }`,
      { id },
    );
    return (data as { node: ShownHook }).node;
  }

  return {
    server,
    done,
    refused: async (name, input) => (await call(name, input, "__typename")).errors,
    createKey: (name) =>
      done("createKey", { app: "shop", name, type: "INTEGER", defaultValue: 1 }, "key { id }"),
    async hook(url, more = {}) {
      const payload = await done("createWebhook", { app: "shop", url, ...more }, "webhook { id } secret");
      return { id: (payload["webhook"] as { id: string }).id, secret: String(payload["secret"]) };
    },
    shown,
    untilStatus: (id, status) =>
      until(`the webhook is ${status}`, async () => (await shown(id))?.status === status),
  };
}

type Payload = Record<string, unknown> & { errors: { code: string; message: string; path: string[] }[] };
