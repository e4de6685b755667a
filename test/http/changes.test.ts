import { startServer, type HttpTestServer } from "../support/server";

let server: HttpTestServer;
beforeAll(async () => {
  server = await startServer();
  for (const slug of ["shop", "other"]) {
    await server.send(
      `mutation($slug: String!) { createApp(input: { slug: $slug, name: "Shop" }) { errors { code } } }`,
      { slug },
    );
  }
  await createKey("first");
});
afterAll(() => server.stop());

const createKey = (name: string): Promise<unknown> =>
  server.send(
    `mutation($name: String!) { createKey(input: { app: "shop", name: $name, type: STRING, defaultValue: "" }) { errors { code } } }`,
    { name },
  );

type Sent = {
  id: string;
  item: { cursor: string; kind: string; event: { type: string; after: unknown } | null };
};

/** What an EventSource makes of the stream, for as long as somebody reads. */
async function* eventsOf(response: Response): AsyncGenerator<Sent> {
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString();
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      const fields = Object.fromEntries(
        block.split("\n").map((line) => line.split(/: (.*)/s, 2) as [string, string]),
      );
      if (fields["data"] !== undefined)
        yield { id: fields["id"] ?? "", item: JSON.parse(fields["data"]) as Sent["item"] };
    }
  }
}

const open = (query: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${server.address}/changes${query}`, {
    headers: { authorization: `Bearer ${server.token}`, ...headers },
  });

async function take(events: AsyncGenerator<Sent>, count: number): Promise<Sent[]> {
  const taken: Sent[] = [];
  while (taken.length < count) {
    const { value, done } = await events.next();
    if (done === true) break;
    taken.push(value);
  }
  return taken;
}
const typesOf = (sent: readonly Sent[]) => sent.map(({ item: { kind, event } }) => event?.type ?? kind);

describe("the feed at /changes", () => {
  it("replays, says when it has caught up, and goes on live", async () => {
    const response = await open("?app=shop&startAt=BEGINNING");
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    const events = eventsOf(response);
    const replayed = await take(events, 4);
    expect(typesOf(replayed)).toEqual(["AppCreated", "EnvironmentCreated", "KeyCreated", "CAUGHT_UP"]);
    await createKey("live");
    const [live] = await take(events, 1);
    expect(live?.item).toMatchObject({
      kind: "EVENT",
      event: {
        specversion: "1.0",
        type: "KeyCreated",
        source: "/apps/shop",
        actor: { id: "admin" },
        before: null,
        after: { name: "live" },
      },
    });
    await events.return(undefined);
  });

  it("goes on behind the Last-Event-ID, whatever the address says of a start", async () => {
    const events = eventsOf(await open("?app=shop&startAt=BEGINNING"));
    const [first] = await take(events, 1);
    await events.return(undefined);
    expect(first?.id).toBe(first?.item.cursor);
    const rest = eventsOf(await open("?app=shop&startAt=BEGINNING", { "last-event-id": first?.id ?? "" }));
    expect(typesOf(await take(rest, 1))).toEqual(["EnvironmentCreated"]);
    await rest.return(undefined);
    const byAddress = eventsOf(await open(`?app=shop&after=${first?.id}`));
    expect(typesOf(await take(byAddress, 1))).toEqual(["EnvironmentCreated"]);
    await byAddress.return(undefined);
  });

  it("filters as the subscription does: lists by commas, or by names given again", async () => {
    for (const lists of ["types=KeyCreated,AppCreated", "types=KeyCreated&types=AppCreated"]) {
      const events = eventsOf(await open(`?app=shop&startAt=BEGINNING&kinds=Key,App&${lists}`));
      expect(typesOf(await take(events, 2))).toEqual(["AppCreated", "KeyCreated"]);
      await events.return(undefined);
    }
  });

  describe("filtered by tag", () => {
    const label = (name: string, ...tags: string[]) =>
      done(
        `mutation($id: ID!, $tags: [String!]!) { r: setLabels(input: { id: $id, tags: $tags }) { errors { code } } }`,
        { id: ids.get(name), tags },
      );
    const edit = (name: string) =>
      done(
        `mutation($name: String!) { r: editKey(input: { app: "tagged", name: $name, description: "more" }) { errors { code } } }`,
        { name },
      );
    const ids = new Map<string, string>();

    async function done(document: string, variables: Record<string, unknown>): Promise<void> {
      const { data, errors } = await server.send(document, variables);
      expect({ r: data?.["r"], errors }).toEqual({ r: { errors: [] }, errors: undefined });
    }

    beforeAll(async () => {
      await server.send(`mutation { createApp(input: { slug: "tagged", name: "T" }) { errors { code } } }`);
      for (const name of ["one", "two"]) {
        const made = await server.send(
          `mutation($name: String!) { r: createKey(input: { app: "tagged", name: $name, type: STRING, defaultValue: "" }) { key { id } } }`,
          { name },
        );
        ids.set(name, (made.data?.["r"] as { key: { id: string } }).key.id);
      }
    });

    it("sends what an entity with the tag goes through, and the change that takes the tag away, live as from the past", async () => {
      const live = eventsOf(await open("?app=tagged&startAt=BEGINNING&tags=checkout,other"));
      expect(typesOf(await take(live, 1))).toEqual(["CAUGHT_UP"]);
      await label("one", "checkout", "x");
      await label("two", "x");
      await edit("one");
      await label("one", "x");
      await label("two", "other");
      const expected = ["one", "one", "one", "two"].map((name) => ids.get(name));
      const subjects = (sent: readonly Sent[]) =>
        sent.flatMap(({ item: { event } }) =>
          event ? [(event as unknown as { subject: string }).subject] : [],
        );
      expect(subjects(await take(live, 4))).toEqual(expected);
      await live.return(undefined);
      const replayed = eventsOf(await open("?app=tagged&startAt=BEGINNING&tags=checkout&tags=other"));
      expect(subjects(await take(replayed, 4))).toEqual(expected);
      await replayed.return(undefined);
      const { data } = await server.send(
        `{ changes(app: "tagged", startAt: BEGINNING, filter: { tags: ["checkout", "other"] }) { items { event { subject } } hasMore } }`,
      );
      expect(data?.["changes"]).toEqual({
        items: expected.map((subject) => ({ event: { subject } })),
        hasMore: false,
      });
    });
  });

  it("takes tags with a comma one by one, beside lists of tags", async () => {
    await server.send(`mutation { createApp(input: { slug: "commas", name: "C" }) { errors { code } } }`);
    const labelled = async (name: string, tag: string): Promise<void> => {
      const made = await server.send(
        `mutation($name: String!) { r: createKey(input: { app: "commas", name: $name, type: STRING, defaultValue: "" }) { key { id } } }`,
        { name },
      );
      const { id } = (made.data?.["r"] as { key: { id: string } }).key;
      const { data } = await server.send(
        `mutation($id: ID!, $tags: [String!]!) { r: setLabels(input: { id: $id, tags: $tags }) { errors { code } } }`,
        { id, tags: [tag] },
      );
      expect(data).toEqual({ r: { errors: [] } });
    };
    for (const [index, tag] of ["red, green", "red", "blue", "a,b"].entries())
      await labelled(`k${index}`, tag);
    const tagsSent = async (query: string, count: number) => {
      const events = eventsOf(await open(`?app=commas&startAt=BEGINNING&types=KeyLabelled&${query}`));
      const items = await take(events, count + 1);
      await events.return(undefined);
      expect(items.at(-1)?.item.kind).toBe("CAUGHT_UP");
      return items.flatMap(
        ({ item: { event } }) => (event?.after as { tags: string[] } | undefined)?.tags ?? [],
      );
    };
    expect(await tagsSent("tag=red,%20green", 1)).toEqual(["red, green"]);
    expect(await tagsSent("tag=red,%20green&tag=a,b&tags=blue,none", 3)).toEqual([
      "red, green",
      "blue",
      "a,b",
    ]);
    expect(await tagsSent("tags=a,b", 0)).toEqual([]);
  });

  it("begins with a CHECKPOINT where it starts now, from which nothing is missed", async () => {
    const events = eventsOf(await open("?app=shop"));
    expect(typesOf(await take(events, 1))).toEqual(["CHECKPOINT"]);
    await events.return(undefined);
  });

  it("ends when its token does, and says so", async () => {
    const made = await server.send(
      `mutation { createToken(input: { app: "shop", name: "reader", kind: SERVER }) { token { id } secret errors { code } } }`,
    );
    const { token, secret } = made.data?.["createToken"] as { token: { id: string }; secret: string };
    const response = await open("?app=shop", { authorization: `Bearer ${secret}` });
    const text = response.text();
    await server.send(`mutation($id: ID!) { revokeToken(input: { tokenId: $id }) { errors { code } } }`, {
      id: token.id,
    });
    expect(await text).toMatch(/event: error\ndata: \{"errors":\[.*"UNAUTHENTICATED"/);
  });

  it.each([
    ["an app that there is not", "?app=nowhere", 404, "NOT_FOUND"],
    ["a cursor that is forged", "?app=shop&after=forged", 410, "CURSOR_UNKNOWN"],
    ["two starts", "?app=shop&after=a&startAt=NOW", 400, "BAD_USER_INPUT"],
    ["an instant that is none", "?app=shop&since=yesterday", 400, "BAD_USER_INPUT"],
    ["a start that is none", "?app=shop&startAt=LATER", 400, "BAD_USER_INPUT"],
    ["no app", "", 400, "BAD_USER_INPUT"],
    ["two apps", "?app=shop&app=other", 400, "BAD_USER_INPUT"],
    ["a name that is misspelt", "?app=shop&later=x", 400, "BAD_USER_INPUT"],
    ["a type that there is not", "?app=shop&types=KeyCreated,KeyMade", 400, "BAD_USER_INPUT"],
    ["what can be no tag", `?app=shop&tags=${"a".repeat(61)}`, 400, "BAD_USER_INPUT"],
    ["an empty tag", "?app=shop&tags=", 400, "BAD_USER_INPUT"],
    ["a tag with a space at its end", "?app=shop&tags=a%20", 400, "BAD_USER_INPUT"],
    ["a tag alone that is none", `?app=shop&tag=${"a".repeat(61)}`, 400, "BAD_USER_INPUT"],
    ["too many tags, one by one", `?app=shop&${"tag=a&".repeat(101)}`, 400, "BAD_USER_INPUT"],
    ["too many tags in both ways", `?app=shop&tags=${"a,".repeat(99)}a&tag=b`, 400, "BAD_USER_INPUT"],
    ["too many tags", `?app=shop&tags=${"a,".repeat(100)}a`, 400, "BAD_USER_INPUT"],
    ["a list that is too long", `?app=shop&types=${"a,".repeat(100)}a`, 400, "BAD_USER_INPUT"],
  ])("is refused for %s, by status and code", async (_, query, status, code) => {
    const response = await open(query);
    const body = (await response.json()) as { errors: { extensions: { code: string } }[] };
    expect([response.status, body.errors[0]?.extensions.code]).toEqual([status, code]);
  });

  it("names the schema of each event, which is there without a token", async () => {
    const events = eventsOf(await open("?app=shop&startAt=BEGINNING&types=KeyCreated"));
    const [created] = await take(events, 1);
    await events.return(undefined);
    const { dataschema } = created?.item.event as unknown as { dataschema: string };
    const response = await fetch(server.address + dataschema);
    expect(response.headers.get("content-type")).toBe("application/schema+json; charset=utf-8");
    expect(await response.json()).toMatchObject({
      title: "KeyCreated",
      properties: { entityKind: { const: "Key" } },
    });
    expect((await fetch(`${server.address}/events/KeyMade.v1.schema.json`)).status).toBe(404);
  });

  it("is refused whoever has no token, and a client", async () => {
    expect((await open("?app=shop", { authorization: "Bearer nobody" })).status).toBe(401);
    const made = await server.send(
      `mutation { createToken(input: { app: "shop", name: "web", kind: CLIENT, environment: "production" }) { secret errors { code } } }`,
    );
    const { secret } = made.data?.["createToken"] as { secret: string };
    expect((await open("?app=shop", { authorization: `Bearer ${secret}` })).status).toBe(403);
    expect((await open("?app=other", { authorization: `Bearer ${secret}` })).status).toBe(404);
  });
});
