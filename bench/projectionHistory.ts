import { randomUUID } from "node:crypto";
import { PRODUCTION, appStream, type AppEvent } from "../src/apps/app.events";
import type { EnvironmentEvent } from "../src/apps/environment.events";
import { schemaVersionOf } from "../src/apps/schemaVersions";
import { INSTANCE_STREAM, type InstanceEvent } from "../src/apps/instance.events";
import type { ConfigContent, ConfigEvent } from "../src/configs/config.events";
import { NO_STREAM, type EventStore } from "../src/eventstore/eventStore";
import type { KeyEvent } from "../src/keys/key.events";
import type { SegmentEvent } from "../src/segments/segment.events";

type AnyEvent = AppEvent | EnvironmentEvent | InstanceEvent | KeyEvent | SegmentEvent | ConfigEvent;

const APPS = 50;
const KEYS_PER_APP = 100;
const SEGMENTS_PER_APP = 30;
const CONFIGS_PER_APP = 20;
const KEYS_PER_CONFIG = 2;
const EVENTS_PER_APPEND = 50;
const START_MS = Date.UTC(2026, 0, 1);

/** Fills a log with what teams do: keys, segments and configs are made, and then edited and published again and again. */
export async function writeProjectionHistory(store: EventStore, events: number, apps = APPS): Promise<void> {
  const perApp = Math.floor(events / apps);
  const slugs = Array.from({ length: apps }, (_, index) => `app-${index}`);
  await appendAll(
    store,
    INSTANCE_STREAM,
    slugs.map((slug) => ({ type: "AppRegistered", data: { slug, name: slug, note: "", copiedFrom: null } })),
  );
  await Promise.all(slugs.map((slug) => appendAll(store, appStream(slug), eventsOf(slug, perApp - 1))));
}

function eventsOf(slug: string, count: number): AnyEvent[] {
  const events: AnyEvent[] = [
    { type: "AppCreated", data: { slug, name: slug, note: "" } },
    { type: "EnvironmentCreated", data: { name: PRODUCTION, description: "", note: "" } },
  ];
  for (let index = 0; index < KEYS_PER_APP; index++) events.push(keyCreated(index));
  for (let index = 0; index < SEGMENTS_PER_APP; index++) events.push(segmentCreated(slug, index));
  for (let index = 0; index < CONFIGS_PER_APP; index++) events.push(configSaved(slug, index, 1));
  for (let round = 0; events.length < count; round++) {
    events.push(keyEdited(round % KEYS_PER_APP, round), segmentEdited(slug, round % SEGMENTS_PER_APP, round));
    const version = Math.floor(round / CONFIGS_PER_APP) + 2;
    const index = round % CONFIGS_PER_APP;
    events.push(configSaved(slug, index, version), configPublished(slug, index, version));
  }
  return events.slice(0, count);
}

const keyName = (index: number): string => `feature_${index}`;
const segmentId = (slug: string, index: number): string => `segment_${slug}_s${index}`;

function keyContent(round: number) {
  const description = `What the app does with it, as edited in round ${round}.`;
  return { defaultValue: round, description, valueSchema: null, isVisibleToClients: true, note: "" };
}

function keyCreated(index: number): KeyEvent {
  return { type: "KeyCreated", data: { name: keyName(index), type: "INTEGER", ...keyContent(0) } };
}

function keyEdited(index: number, round: number): KeyEvent {
  return { type: "KeyEdited", data: { name: keyName(index), ...keyContent(round) } };
}

function segmentContent(slug: string, index: number, round: number) {
  const condition = {
    device: "iPhone",
    city: `City ${round}`,
    age: { $gte: 18 },
    appVersion: { $vgte: "12.4.0" },
  };
  const refersTo = index === 0 ? condition : { ...condition, $segment: segmentId(slug, 0) };
  return { name: `Segment ${index}`, description: "Those who see it first.", condition: refersTo, note: "" };
}

function segmentCreated(slug: string, index: number): SegmentEvent {
  const data = { id: segmentId(slug, index), clonedFrom: null, ...segmentContent(slug, index, 0) };
  return { type: "SegmentCreated", data };
}

function segmentEdited(slug: string, index: number, round: number): SegmentEvent {
  return {
    type: "SegmentEdited",
    data: { id: segmentId(slug, index), ...segmentContent(slug, index, round) },
  };
}

function configContent(slug: string, index: number, version: number): ConfigContent {
  const keys = Array.from({ length: KEYS_PER_CONFIG }, (_, offset) =>
    keyName(index * KEYS_PER_CONFIG + offset),
  );
  const rules = [1, 2].map((rule) => ({
    id: `rule${rule}`,
    seed: `seed-${slug}-${index}-${rule}`,
    segmentId: segmentId(slug, (index + rule) % SEGMENTS_PER_APP),
    percentage: 25,
    bucketBy: null,
    bucketByFallback: null,
    values: keys.map((key) => ({ key, value: version })),
  }));
  return { keys, rules };
}

function configSaved(slug: string, index: number, version: number): ConfigEvent {
  const content = configContent(slug, index, version);
  const segments = content.rules.flatMap((rule) => (rule.segmentId === null ? [] : [rule.segmentId]));
  const data = {
    id: `config_${slug}_c${index}`,
    name: `Config ${index}`,
    description: "Dark mode and what belongs to it.",
    content,
    references: { keys: content.keys, segments },
    note: `version ${version}`,
  };
  return version === 1
    ? { type: "ConfigCreated", data: { ...data, version } }
    : { type: "ConfigEdited", data: { ...data, version } };
}

function configPublished(slug: string, index: number, version: number): ConfigEvent {
  return {
    type: "ConfigPublished",
    data: {
      id: `config_${slug}_c${index}`,
      version,
      previousVersion: version > 2 ? version - 1 : null,
      environment: PRODUCTION,
      cause: { kind: "BY_HAND" },
      note: "",
    },
  };
}

async function appendAll(store: EventStore, stream: string, events: readonly AnyEvent[]): Promise<void> {
  let revision = NO_STREAM;
  for (let from = 0; from < events.length; from += EVENTS_PER_APPEND) {
    const commandId = randomUUID();
    const recordedAt = new Date(START_MS + from * 1_000).toISOString();
    const result = await store.append({
      stream,
      expectedRevision: revision,
      commandId,
      events: events
        .slice(from, from + EVENTS_PER_APPEND)
        .map(({ type, data }) => ({ type, schemaVersion: schemaVersionOf(type), data })),
      meta: { actor: "bench", commandId, recordedAt, fingerprint: "" },
    });
    if (result.outcome !== "appended") throw new Error(`Nobody else writes to ${stream}.`);
    revision = result.revision;
  }
}
