import Ajv2020 from "ajv/dist/2020";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AnyAppEvent } from "../../src/apps/app.state";
import { appStream } from "../../src/apps/app.events";
import { upcast } from "../../src/apps/upcasters";
import { changeEvent } from "../../src/changes/changeItem";
import { readChanges } from "../../src/changes/changes.queries";
import { toEvent } from "../../src/changes/changesRequest.graphql";
import { ENTITY_KINDS, EVENT_TYPES, eventSchema, schemaFile } from "../../src/changes/eventSchemas";
import { isJsonObject, type Json, type JsonObject } from "../../src/lib/json";
import { PROJECTIONS } from "../../src/parts";
import { SHOP } from "../delivery/shop";
import { liveThroughAllEvents } from "../storedEvents/life";
import { projectedApp } from "../support/projecting";

const PRINTED = join(__dirname, "../../docs/events");
/** Schemas as consumers have them. A file is never changed and never deleted. */
const PROMISED = join(__dirname, "promised");

const text = (schema: JsonObject): string => `${JSON.stringify(schema, null, 2)}\n`;
const readIn = (folder: string, file: string) =>
  JSON.parse(readFileSync(join(folder, file), "utf8")) as JsonObject;

/** Everything that the feed tells of an app in whose life every type of event happens. */
async function everyEvent(): Promise<readonly Readonly<{ type: string }>[]> {
  const lived = (await liveThroughAllEvents()).filter(({ stream }) => stream === appStream(SHOP));
  const [projection] = PROJECTIONS;
  const app = await projectedApp(projection!, SHOP);
  try {
    await app.project(...lived.map(upcast).map(({ type, data }) => ({ type, data }) as AnyAppEvent));
    const all = { app: SHOP, afterRevision: -1, toRevision: null, filter: {}, limit: 1_000 };
    const { rows } = await readChanges(app.database, all);
    return rows.map((row) => toEvent(changeEvent(row)));
  } finally {
    await app.drop();
  }
}

describe("the published JSON Schemas of the feed's events", () => {
  it("are what the code says, a file for each type (WRITE_DOCS=1 writes them anew)", () => {
    if (process.env["WRITE_DOCS"]) {
      mkdirSync(PRINTED, { recursive: true });
      for (const type of EVENT_TYPES) writeFileSync(join(PRINTED, schemaFile(type)), text(eventSchema(type)));
      for (const kind of ENTITY_KINDS) promise(kind);
    }
    expect(readdirSync(PRINTED).sort()).toEqual(EVENT_TYPES.map(schemaFile).sort());
    for (const type of EVENT_TYPES) {
      expect(readIn(PRINTED, schemaFile(type))).toEqual(JSON.parse(text(eventSchema(type))));
    }
  });

  it("fit every event that there is, and leave out nothing that is sent", async () => {
    const ajv = new Ajv2020({
      strict: true,
      allowUnionTypes: true,
      formats: { "date-time": true, uuid: true },
    });
    const events = await everyEvent();
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(EVENT_TYPES));
    for (const event of events) {
      const validate = ajv.compile(closed(eventSchema(event.type)) as JsonObject);
      validate(event);
      expect([event.type, validate.errors]).toEqual([event.type, null]);
    }
  });

  it("keep what they promised: whatever was there is there, and of the same form", () => {
    const promised = readdirSync(PROMISED);
    expect(new Set(promised.map((file) => file.split(".")[0]))).toEqual(new Set(ENTITY_KINDS));
    for (const file of promised) {
      const [kind = ""] = file.split(".");
      expect(brokenPromises(readIn(PROMISED, file), schemaOfThing(kind), file)).toEqual([]);
    }
  });

  it("would show a promise that is broken", () => {
    const before = {
      type: "object",
      required: ["a", "b"],
      properties: { a: { type: "string" }, b: { type: "null" } },
    };
    const renamed = { ...before, required: ["a"], properties: { a: { type: "string" } } };
    const retyped = { ...before, properties: { ...before.properties, a: { type: ["string", "null"] } } };
    const grown = { ...before, required: ["a", "b", "c"], properties: { ...before.properties, c: {} } };
    expect(brokenPromises(before, renamed, "x")).toEqual(["x/required/b", "x/properties/b"]);
    expect(brokenPromises(before, retyped, "x")).toEqual(["x/properties/a/type"]);
    expect(brokenPromises(before, grown, "x")).toEqual([]);
    expect(brokenPromises({ enum: ["a"] }, { enum: ["a", "b"] }, "x")).toEqual([]);
    expect(brokenPromises({ enum: ["a", "b"] }, { enum: ["a"] }, "x")).toEqual(["x/enum/b"]);
  });
});

/** What `before` and `after` are. */
function schemaOfThing(kind: string): JsonObject {
  return (eventSchema(`${kind}Created`)["$defs"] as { thing: JsonObject }).thing;
}

/** Once: a promise that was given stays as it is. */
function promise(kind: string): void {
  const file = join(PROMISED, `${kind}.v1.json`);
  if (!existsSync(file)) writeFileSync(file, text(schemaOfThing(kind)));
}

/** Where a schema says less than another one did. Descriptions may change, and members and values of enumerations may be added. */
function brokenPromises(before: Json, now: Json | undefined, at: string): string[] {
  if (isJsonObject(before) && isJsonObject(now ?? null)) {
    return Object.entries(before)
      .filter(([name]) => name !== "description")
      .flatMap(([name, value]) => brokenPromises(value, (now as JsonObject)[name], `${at}/${name}`));
  }
  if (/\/(required|enum)$/.test(at) && Array.isArray(before) && Array.isArray(now)) {
    return before.filter((name) => !now.includes(name)).map((name) => `${at}/${String(name)}`);
  }
  return JSON.stringify(before) === JSON.stringify(now) ? [] : [at];
}

/** The same schema, which lets no member through that it does not name. */
function closed(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(closed);
  if (!isJsonObject(schema)) return schema;
  const inside = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(value)]));
  return "properties" in schema && "required" in schema ? { ...inside, additionalProperties: false } : inside;
}
