import type { AppCommand } from "../../src/apps/app.decider";
import { appStream, PRODUCTION } from "../../src/apps/app.events";
import {
  INSTANCE_STATE_VERSION,
  instanceDecider,
  type InstanceCommand,
} from "../../src/apps/instance.decider";
import { INSTANCE_STREAM } from "../../src/apps/instance.events";
import { schemaVersionOf } from "../../src/apps/schemaVersions";
import { upcast } from "../../src/apps/upcasters";
import { createCommandHandler } from "../../src/eventstore/commandHandler";
import type { RecordedEvent } from "../../src/eventstore/eventStore";
import type { Json } from "../../src/lib/json";
import { memorySnapshots } from "../../src/eventstore/snapshots";
import { openShop, SHOP, type Shop } from "../delivery/shop";

const HOUR_MS = 3_600_000;

/** The life of an app in which every type of event happens, in an order that users could bring about. */
export async function liveThroughAllEvents(): Promise<readonly RecordedEvent[]> {
  const shop = openShop();
  await instanceLife(shop);
  await shop.done({ type: "CreateApp", data: { slug: SHOP, name: "Shop", note: "for a start" } });
  await keysAndSegments(shop);
  await goalLife(shop);
  await configLife(shop);
  await labelLife(shop);
  await appLife(shop);
  await tokenLife(shop);
  await webhookLife(shop);
  await flagLife(shop);
  await previewLife(shop);
  await experimentLife(shop);
  await shop.apps.close();
  await skipped(shop);
  return [
    ...(await shop.store.readStream(INSTANCE_STREAM, 0, 100)),
    ...(await shop.store.readStream(appStream(SHOP), 0, 200)),
  ];
}

/** As readers get it in the place of an event that cannot be read. */
async function skipped({ store }: Shop): Promise<void> {
  const stream = appStream(SHOP);
  const last = (await store.readStream(stream, 0, 1_000)).at(-1);
  if (!last) throw new Error("The shop has lived.");
  await store.append({
    stream,
    expectedRevision: last.revision,
    commandId: "in place of 5",
    events: [{ type: "EventSkipped", schemaVersion: 1, data: { type: "OrderPlaced", note: "not ours" } }],
    meta: {
      actor: "operator",
      commandId: "in place of 5",
      recordedAt: last.meta.recordedAt,
      fingerprint: "",
    },
  });
}

async function instanceLife({ store, clock }: Shop): Promise<void> {
  const instance = createCommandHandler({
    store,
    decider: instanceDecider,
    stateVersion: INSTANCE_STATE_VERSION,
    snapshots: memorySnapshots(),
    now: () => new Date(clock.nowMs),
    upcast,
    schemaVersionOf,
    newIdOf: (_stream, prefix, rest) => `${prefix}_${rest}`,
  });
  const commands: InstanceCommand[] = [
    { type: "IssueAdminToken", data: { tokenId: "token_1", hash: "0".repeat(64) } },
    { type: "RegisterApp", data: { slug: SHOP, name: "Shop", note: "for a start" } },
  ];
  for (const [index, command] of commands.entries()) {
    const envelope = { commandId: `instance-${index}`, actor: "server", may: () => true };
    const { outcome } = await instance.handle(INSTANCE_STREAM, command, envelope);
    if (outcome !== "accepted") throw new Error(`${command.type} was refused.`);
  }
  await instance.close();
}

async function labelLife(shop: Shop): Promise<void> {
  const { segments, goals, configs } = (await shop.apps.state(appStream(SHOP))).state;
  const things = [
    ["Key", "colour"],
    ...[...segments.keys()].map((id) => ["Segment", id] as const),
    ...[...goals.keys()].map((id) => ["Goal", id] as const),
    ...[...configs.keys()].map((id) => ["Config", id] as const),
  ] as const;
  for (const [kind, id] of things) await label(shop, kind, id);
}

async function label(shop: Shop, kind: string, id: string): Promise<void> {
  const removeBy = new Date(shop.clock.nowMs + 1_000 * HOUR_MS).toISOString();
  const labels = { tags: ["checkout"], owner: "Team Checkout", removeBy };
  await shop.done({ type: "SetLabels", data: { kind, id, ...labels, note: "sorted" } });
}

async function appLife(shop: Shop): Promise<void> {
  const name = "staging";
  await shop.done({ type: "CreateEnvironment", data: { name, note: "to try" } });
  await shop.done({ type: "EditEnvironment", data: { name, description: "For us.", note: "said" } });
  await shop.done({ type: "ArchiveEnvironment", data: { name, note: "over" } });
  await shop.done({ type: "RestoreEnvironment", data: { name, note: "again" } });
  await shop.done({ type: "EditApp", data: { name: "The shop", note: "renamed" } });
  const settings = { mutuallyExclusiveExperiments: true, timeZone: "Europe/Berlin", retentionDays: 90 };
  await shop.done({ type: "UpdateAppSettings", data: { ...settings, note: "on" } });
  await shop.done({ type: "ArchiveApp", data: { note: "closed" } });
  await shop.done({ type: "RestoreApp", data: { note: "open" } });
}

async function previewLife(shop: Shop): Promise<void> {
  const users = shop.listOf("me", "you");
  await shop.done({ type: "SetTestUsers", data: { users, note: "the team" } });
  const { configs, flags } = (await shop.apps.state(appStream(SHOP))).state;
  const endsAt = new Date(shop.clock.nowMs + 24 * HOUR_MS).toISOString();
  const preview = { version: 2, environment: PRODUCTION, endsAt, note: "a look" };
  const commands = [
    ...[...configs.keys()].map((id) => ({ type: "PreviewConfig", data: { id, ...preview } }) as const),
    ...[...flags.keys()].map((id) => ({ type: "PreviewFlag", data: { id, ...preview } }) as const),
  ];
  for (const command of commands) {
    const previewId = await shop.done(command, "preview");
    await shop.done({ type: "EndPreview", data: { previewId, note: "seen" } });
  }
}

async function tokenLife(shop: Shop): Promise<void> {
  const tokenId = await shop.done(
    {
      type: "CreateToken",
      data: {
        name: "Ann",
        kind: "PERSON",
        role: "PUBLISHER",
        environments: [PRODUCTION],
        environment: null,
        expiresAt: new Date(shop.clock.nowMs + 1_000 * HOUR_MS).toISOString(),
        note: "of the shop",
      },
    },
    "token",
  );
  await shop.done({ type: "RotateToken", data: { tokenId, overlapSeconds: 60, note: "as every year" } });
  await shop.done({ type: "RevokeToken", data: { tokenId, note: "left" } });
}

async function webhookLife(shop: Shop): Promise<void> {
  const filter = {
    environments: [PRODUCTION],
    kinds: ["Config"],
    types: ["ConfigPublished"],
    entities: ["c"],
  };
  const content = { url: "https://example.com/hooks", description: "To the cache." };
  const create = { type: "CreateWebhook", data: { ...content, filter, note: "first" } } as const;
  const webhookId = await shop.done(create, "webhook");
  const edit = { webhookId, filter: {}, description: "To the caches.", note: "two by now" };
  await shop.done({ type: "EditWebhook", data: edit });
  await shop.done({
    type: "RotateWebhookSecret",
    data: { webhookId, overlapSeconds: 60, note: "as planned" },
  });
  await shop.done({ type: "ReplayWebhook", data: { webhookId, afterRevision: 2, note: "lost" } });
  await shop.done({ type: "DisableWebhook", data: { webhookId, reason: "FAILED", note: "away" } });
  await shop.done({ type: "EnableWebhook", data: { webhookId, note: "back" } });
  await shop.done({ type: "DeleteWebhook", data: { webhookId, note: "over" } });
}

async function keysAndSegments(shop: Shop): Promise<void> {
  const schema = { type: "integer", minimum: 0 };
  await shop.done({
    type: "CreateKey",
    data: {
      name: "colour",
      type: "INTEGER",
      defaultValue: 1,
      description: "Of the shop.",
      valueSchema: schema,
      note: "for a start",
    },
  });
  await shop.done({ type: "EditKey", data: { name: "colour", defaultValue: 2, note: "brighter" } });
  const condition = { city: "Berlin", $percent: 50, $userIn: shop.listOf("u1", "u2") };
  const segment = await shop.done(
    { type: "CreateSegment", data: { name: "Berliners", condition, description: "People of Berlin." } },
    "segment",
  );
  await shop.done({ type: "EditSegment", data: { id: segment, name: "Half of Berlin", note: "renamed" } });
  await shop.done({ type: "ArchiveSegment", data: { id: segment, note: "unused" } });
  await shop.done({ type: "RestoreSegment", data: { id: segment, note: "used" } });
}

async function goalLife(shop: Shop): Promise<void> {
  const events = [{ name: "Charged", where: { amount: { $gt: 0 } } }, { name: "Subscribed" }];
  const id = await shop.done(
    {
      type: "CreateGoal",
      data: { name: "Bought", description: "Pays us.", events, valueProperty: "amount", note: "first" },
    },
    "goal",
  );
  await shop.done({ type: "EditGoal", data: { id, name: "Paid", note: "renamed" } });
  await shop.done({ type: "ArchiveGoal", data: { id, note: "unused" } });
  await shop.done({ type: "RestoreGoal", data: { id, note: "used" } });
}

async function configLife(shop: Shop): Promise<void> {
  const { clock } = shop;
  const { segments } = (await shop.apps.state(appStream(SHOP))).state;
  const [segmentId = null] = segments.keys();
  const rules = [
    {
      segmentId,
      percentage: 12.5,
      bucketBy: "company",
      bucketByFallback: "id",
      values: [{ key: "colour", value: 3 }],
    },
    { values: [{ key: "colour", value: 4 }] },
  ];
  const id = await shop.done({
    type: "CreateConfig",
    data: { name: "Colours", keys: ["colour"], rules, description: "What colours there are.", note: "first" },
  });
  await shop.done({ type: "EditConfig", data: { id, rules: rules.slice(1), note: "only everyone" } });
  await shop.done({ type: "PublishConfig", data: { id, version: 1, environment: PRODUCTION, note: "go" } });
  const colour = (minimum: number) => ({ type: "integer", minimum });
  await schedules(shop, { kind: "Config", id, key: "colour", tighter: colour(5), looser: colour(0) });
  await shop.done({ type: "UnpublishConfig", data: { id, environment: PRODUCTION, note: "stop" } });
  await shop.done({ type: "ArchiveConfig", data: { id, note: "over" } });
  await shop.done({ type: "ArchiveKey", data: { name: "colour", note: "unused" } });
  await shop.done({ type: "RestoreKey", data: { name: "colour", note: "used" } });
  clock.nowMs += HOUR_MS;
  await shop.done({ type: "RestoreConfig", data: { id, note: "again" } });
}

async function flagLife(shop: Shop): Promise<void> {
  const { segments } = (await shop.apps.state(appStream(SHOP))).state;
  const [segmentId = null] = segments.keys();
  await shop.done({ type: "CreateKey", data: { name: "checkout", type: "BOOLEAN", defaultValue: false } });
  const rules = [
    { segmentId, percentage: 12.5, bucketBy: "company", bucketByFallback: "id" },
    { value: false },
  ];
  const id = await shop.done(
    {
      type: "CreateFlag",
      data: { name: "Checkout", key: "checkout", rules, description: "The new one.", note: "first" },
    },
    "flag",
  );
  await shop.done({ type: "EditFlag", data: { id, rules: [{}], note: "everyone" } });
  await shop.done({ type: "PublishFlag", data: { id, version: 1, environment: PRODUCTION, note: "go" } });
  await shop.done({ type: "DisableFlag", data: { id, environment: PRODUCTION, note: "crashes" } });
  await shop.done({ type: "EnableFlag", data: { id, environment: PRODUCTION, note: "mended" } });
  const schema = { tighter: { const: false }, looser: null };
  await schedules(shop, { kind: "Flag", id, key: "checkout", ...schema });
  await label(shop, "Flag", id);
  await shop.done({ type: "UnpublishFlag", data: { id, environment: PRODUCTION, note: "stop" } });
  await shop.done({ type: "ArchiveFlag", data: { id, note: "over" } });
  await shop.done({ type: "RestoreFlag", data: { id, note: "again" } });
}

async function experimentLife(shop: Shop): Promise<void> {
  const { segments, goals } = (await shop.apps.state(appStream(SHOP))).state;
  const [segmentId = null] = segments.keys();
  const [goalId = ""] = goals.keys();
  const guardrail = await shop.done(
    { type: "CreateGoal", data: { name: "Refunded", events: [{ name: "Refunded" }] } },
    "goal",
  );
  const id = await shop.done(
    {
      type: "CreateExperiment",
      data: {
        name: "Checkout colour",
        description: "Does green sell?",
        environment: PRODUCTION,
        segmentId,
        traffic: 12.5,
        bucketBy: "company",
        bucketByFallback: "id",
        variations: [
          { name: "control", weight: 50, values: [{ key: "colour", value: 1 }] },
          { name: "green", weight: 50, values: [{ key: "colour", value: 2 }] },
        ],
        goals: [goalId, guardrail],
        guardrails: [guardrail],
        note: "first",
      },
    },
    "experiment",
  );
  await shop.done({ type: "EditExperiment", data: { id, traffic: 50, note: "faster" } });
  await label(shop, "Experiment", id);
  await shop.done({ type: "ArchiveExperiment", data: { id, note: "over" } });
  await shop.done({ type: "RestoreExperiment", data: { id, note: "again" } });
}

/** What is scheduled of a release, of which a key takes other values only meanwhile. */
type Scheduling = Readonly<{ kind: "Config" | "Flag"; id: string; key: string; tighter: Json; looser: Json }>;

async function schedules(shop: Shop, { kind, id, key, tighter, looser }: Scheduling): Promise<void> {
  const at = (hours: number): string => new Date(shop.clock.nowMs + hours * HOUR_MS).toISOString();
  const startsAt = at(2);
  const scheduleId = await shop.done(
    {
      type: `Schedule${kind}`,
      data: { id, version: 2, environment: PRODUCTION, startsAt: at(1), endsAt: at(5), note: "a window" },
    },
    "schedule",
  );
  await shop.done({ type: "RescheduleScheduledPublication", data: { scheduleId, startsAt, note: "later" } });
  // No command brings about what suspends a publication, as its values count as in use. An older server could have.
  await changeSchema(shop, key, tighter);
  shop.clock.nowMs += 2 * HOUR_MS;
  const due: AppCommand = { type: "StartScheduledPublication", data: { scheduleId, dueAt: startsAt } };
  await shop.done(due);
  await shop.done({ type: "CancelScheduledPublication", data: { scheduleId, note: "never mind" } });
  await changeSchema(shop, key, looser);
}

async function changeSchema({ store, clock }: Shop, name: string, valueSchema: Json): Promise<void> {
  const stream = appStream(SHOP);
  const last = (await store.readStream(stream, 0, 100)).at(-1);
  if (!last) throw new Error("There is no app yet.");
  const data = { name, defaultValue: 5, description: "", valueSchema, isVisibleToClients: true };
  const commandId = `change-${last.revision}`;
  await store.append({
    stream,
    expectedRevision: last.revision,
    commandId,
    events: [{ type: "KeyEdited", schemaVersion: 1, data }],
    meta: { ...last.meta, commandId, recordedAt: new Date(clock.nowMs).toISOString() },
  });
}
