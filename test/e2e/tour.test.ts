import { startTestServer, type TestServer } from "../support/wholeServer";
import type { ChangeItem } from "../../src/changes/changeFeed";

// The first part of the tour, document by document, as a new user sends it. `E` is what every mutation asks for.
const E = `errors { __typename code message path ... on InUseError { usedBy { __typename id name } } }`;

let server: TestServer;
const made: Record<string, string> = {};
let firstPublishedAt = "";
let firstAnswer: unknown;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const send = (document: string, variables?: Record<string, unknown>) => server.send(document, variables);
const ny = { device: "iPhone", city: "New York" };
const evaluateNy = `query { evaluate(app: "shop", user: { id: "u1", properties: { device: "iPhone", city: "New York" } }) {
  revision object values { key value reason rule { id segment { name } } version source { __typename ... on Node { id } } } } }`;

describe("the main job", () => {
  it("creates the app with its environment production", async () => {
    const data = await send(
      `mutation { createApp(input: { slug: "shop", name: "Shop" }) { app { id slug environments { name } } ${E} } }`,
    );
    expect(data).toEqual({
      createApp: {
        app: { id: expect.any(String), slug: "shop", environments: [{ name: "production" }] },
        errors: [],
      },
    });
  });

  it("creates the key", async () => {
    const data = await send(
      `mutation { createKey(input: { app: "shop", name: "dark_mode", type: INTEGER, defaultValue: 3, description: "3 activates dark mode, 4 deactivates it" }) { key { id name type defaultValue isArchived } ${E} } }`,
    );
    expect(data).toEqual({
      createKey: {
        key: {
          id: expect.any(String),
          name: "dark_mode",
          type: "INTEGER",
          defaultValue: 3,
          isArchived: false,
        },
        errors: [],
      },
    });
  });

  it("creates a segment and clones it for another city", async () => {
    const created = await send(
      `mutation($ny: JSON!) { createSegment(input: { app: "shop", name: "iPhone users in New York", condition: $ny }) { segment { id name condition } ${E} } }`,
      { ny },
    );
    expect(created).toMatchObject({
      createSegment: { segment: { name: "iPhone users in New York", condition: ny }, errors: [] },
    });
    made["ny"] = server.read(created, "createSegment.segment.id");
    const cloned = await send(
      `mutation($miami: JSON!, $id: ID!) { cloneSegment(input: { segmentId: $id, name: "iPhone users in Miami", condition: $miami }) { segment { id } ${E} } }`,
      { miami: { device: "iPhone", city: "Miami" }, id: made["ny"] },
    );
    expect(cloned).toMatchObject({ cloneSegment: { errors: [] } });
    made["miami"] = server.read(cloned, "cloneSegment.segment.id");
  });

  it("creates the config as version 1", async () => {
    const data = await send(
      `mutation($ny: ID!, $miami: ID!) { createConfig(input: { app: "shop", name: "dark mode", description: "…", keys: ["dark_mode"], note: "first try",
        rules: [ { segmentId: $ny, values: [{ key: "dark_mode", value: 4 }] },
                 { segmentId: $miami, percentage: 30, values: [{ key: "dark_mode", value: 4 }] } ] })
        { config { id latestVersion { number } } ${E} } }`,
      { ny: made["ny"], miami: made["miami"] },
    );
    expect(data).toMatchObject({ createConfig: { config: { latestVersion: { number: 1 } }, errors: [] } });
    made["config"] = server.read(data, "createConfig.config.id");
  });

  it("publishes it", async () => {
    const data = await send(
      `mutation($id: ID!) { publishConfig(input: { configId: $id, version: 1 }) { config { activeVersion(environment: "production") { number } } ${E} } }`,
      { id: made["config"] },
    );
    expect(data).toEqual({ publishConfig: { config: { activeVersion: { number: 1 } }, errors: [] } });
  });

  it("gives the user in New York dark mode, and says why", async () => {
    const data = await send(evaluateNy);
    expect(data).toEqual({
      evaluate: {
        revision: expect.any(Number),
        object: { dark_mode: 4 },
        values: [
          {
            key: "dark_mode",
            value: 4,
            reason: "TARGETING_MATCH",
            rule: { id: expect.any(String), segment: { name: "iPhone users in New York" } },
            version: 1,
            source: { __typename: "Config", id: made["config"] },
          },
        ],
      },
    });
    firstAnswer = data;
    firstPublishedAt = await server.timeOfLastChange("shop");
  });

  it("explains rule by rule why an Android user gets the default", async () => {
    const data = await send(
      `query { explain(app: "shop", key: "dark_mode", user: { id: "u1", properties: { device: "Android", city: "New York" } }) { value reason steps { source { __typename ... on Node { id } } version segment { name } outcome because } } }`,
    );
    expect(data).toMatchObject({ explain: { value: 3, reason: "DEFAULT" } });
    const steps = server.read<{ because: string }[]>(data, "explain.steps");
    expect(steps[0]).toEqual({
      source: { __typename: "Config", id: made["config"] },
      version: 1,
      segment: { name: "iPhone users in New York" },
      outcome: "NOT_MATCHED",
      because: `device is "Android", not "iPhone"`,
    });
    expect(steps).toHaveLength(3);
  });

  it("edits it as version 2 and leaves version 1 active", async () => {
    const data = await send(
      `mutation($id: ID!, $ny: ID!) { editConfig(input: { configId: $id, expectedVersion: 1, note: "only New York", rules: [{ segmentId: $ny, values: [{ key: "dark_mode", value: 4 }] }] }) { config { latestVersion { number } activeVersion { number } } ${E} } }`,
      { id: made["config"], ny: made["ny"] },
    );
    expect(data).toEqual({
      editConfig: { config: { latestVersion: { number: 2 }, activeVersion: { number: 1 } }, errors: [] },
    });
  });

  it("publishes version 2, reverts to version 1, and keeps all three publications", async () => {
    for (const version of [2, 1]) {
      const data = await send(
        `mutation($id: ID!, $version: Int!) { publishConfig(input: { configId: $id, version: $version }) { config { activeVersion(environment: "production") { number } } ${E} } }`,
        { id: made["config"], version },
      );
      expect(data).toEqual({ publishConfig: { config: { activeVersion: { number: version } }, errors: [] } });
    }
    const data = await send(
      `query($id: ID!) { config(id: $id) { versions(first: 10) { nodes { number note author { id } createdAt activeIn { name } rules { segment { name } values { key value } } } }
        publications(first: 10) { nodes { version environment { name } publishedAt publishedBy { id } } }
        diff(from: 1, to: 2) { changes { path before after } } } }`,
      { id: made["config"] },
    );
    const publications = server.read<{ version: number; environment: { name: string } }[]>(
      data,
      "config.publications.nodes",
    );
    expect(publications.map(({ version }) => version)).toEqual([1, 2, 1]);
    expect(publications[0]).toEqual({
      version: 1,
      environment: { name: "production" },
      publishedAt: expect.any(String),
      publishedBy: { id: "admin" },
    });
    const versions = server.read<{ number: number; activeIn: { name: string }[]; note: string }[]>(
      data,
      "config.versions.nodes",
    );
    expect(versions.map(({ number, activeIn, note }) => [number, activeIn.length, note])).toEqual([
      [2, 0, "only New York"],
      [1, 1, "first try"],
    ]);
    expect(server.read<unknown[]>(data, "config.diff.changes").length).toBeGreaterThan(0);
  });

  it("refuses to archive the key while the config uses it, and changes nothing", async () => {
    const data = await send(
      `mutation { archiveKey(input: { app: "shop", name: "dark_mode" }) { key { isArchived } ${E} } }`,
    );
    expect(data).toMatchObject({
      archiveKey: {
        errors: [
          {
            __typename: "InUseError",
            code: "IN_USE",
            path: ["name"],
            usedBy: [{ __typename: "Config", name: "dark mode" }],
          },
        ],
      },
    });
  });

  it("lists keys with who uses them", async () => {
    const data = await send(
      `query { app(slug: "shop") { keys(first: 20, archived: EXCLUDE) { totalCount nodes { name defaultValue usedBy { __typename name } } pageInfo { endCursor hasNextPage } } } }`,
    );
    expect(data).toEqual({
      app: {
        keys: {
          totalCount: 1,
          nodes: [
            {
              name: "dark_mode",
              defaultValue: 3,
              usedBy: [{ __typename: "Config", name: "dark mode" }],
            },
          ],
          pageInfo: { endCursor: expect.any(String), hasNextPage: false },
        },
      },
    });
  });

  it("answers as of a past instant exactly as it answered then", async () => {
    const data = await send(evaluateNy.replace(`app: "shop",`, `app: "shop", asOf: "${firstPublishedAt}",`));
    expect(data).toEqual(firstAnswer);
  });

  it("pages through every change, and goes on from a cursor", async () => {
    const page = `items { cursor kind event { id type subject time actor { id } before after } } endCursor hasMore`;
    const all = await send(`query { changes(app: "shop", startAt: BEGINNING, first: 100) { ${page} } }`);
    const items = server.read<ChangeItem[]>(all, "changes.items");
    expect(items.map(({ event }) => event?.type)).toEqual([
      "AppCreated",
      "EnvironmentCreated",
      "KeyCreated",
      "SegmentCreated",
      "SegmentCreated",
      "ConfigCreated",
      "ConfigPublished",
      "ConfigEdited",
      "ConfigPublished",
      "ConfigPublished",
    ]);
    const rest = await send(
      `query($after: String!) { changes(app: "shop", after: $after, first: 100) { ${page} } }`,
      { after: items[6]?.cursor },
    );
    expect(server.read<ChangeItem[]>(rest, "changes.items")).toEqual(items.slice(7));
  });

  it("streams changes from a cursor on and then live", async () => {
    const received = await server.subscribe(
      `subscription($since: DateTime!) { changes(app: "shop", since: $since) { cursor kind event { type subject before after } } }`,
      { since: "2020-01-01T00:00:00Z" },
      async (items) => {
        if (items.length === 10) {
          await send(
            `mutation { editKey(input: { app: "shop", name: "dark_mode", description: "edited" }) { ${E} } }`,
          );
        }
        return items.some((item) => JSON.stringify(item).includes("KeyEdited"));
      },
    );
    const types = received.map((item) => server.read<string | undefined>(item, "changes.event.type"));
    expect(types.filter((type) => type !== undefined)).toHaveLength(11);
    expect(types.at(-1)).toBe("KeyEdited");
  });
});
