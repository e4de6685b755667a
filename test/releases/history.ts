import fc from "fast-check";
import type { AppCommand } from "../../src/apps/app.decider";
import type { AnyAppEvent, AppState } from "../../src/apps/app.state";
import type { Releases } from "../../src/releases/release.state";
import { releasesOf } from "../../src/apps/uses.policy";
import { MIAMI, NY, day, draft, run, state } from "../configs/shop";
import { APP } from "../flags/flags";

/** What is asked, of which things is left open until the app's state is known: numbers choose among what there is. */
export type Step = Readonly<{ kind: (typeof KINDS)[number]; a: number; b: number; c: number; atDay: number }>;

const KINDS = [
  "create",
  "edit",
  "edit",
  "publish",
  "publish",
  "unpublish",
  "schedule",
  "schedule",
  "reschedule",
  "cancel",
  "start",
  "start",
  "end",
  "end",
  "preview",
  "preview",
  "endPreview",
  "endDuePreview",
  "setTestUsers",
  "archive",
  "restore",
  "archiveKey",
  "archiveKey",
  "restoreKey",
  "restoreKey",
  "archiveSegment",
  "restoreSegment",
  "schemaEdit",
  "createFlag",
  "createFlag",
  "editFlag",
  "publishFlag",
  "scheduleFlag",
  "previewFlag",
  "archiveFlag",
  "restoreFlag",
  "disableFlag",
  "enableFlag",
] as const;

/** Configs and flags both want `beta`, and flags alone the last one. */
const CONFIG_KEYS = ["dark_mode", "title", "price", "beta"];
const KEYS = [...CONFIG_KEYS, "new_checkout"];
const number = fc.nat(1000);

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(...KINDS),
  a: number,
  b: number,
  c: number,
  atDay: fc.nat(12),
});

export const steps: fc.Arbitrary<readonly Step[]> = fc.array(step, { minLength: 5, maxLength: 60 });
/** Long enough that everything happens to something; slower. */
export const manySteps: fc.Arbitrary<readonly Step[]> = fc.array(step, {
  minLength: 5,
  maxLength: 80,
  size: "max",
});

export type Played = Readonly<{ events: readonly AnyAppEvent[]; commands: readonly Sent[] }>;
export type Sent = Readonly<{
  command: AppCommand;
  at: string;
  commandId: string;
  before: readonly AnyAppEvent[];
}>;

/** Sends what the steps ask for, one after the other, on later and later days. */
export function play(wanted: readonly Step[]): Played {
  let events: readonly AnyAppEvent[] = APP;
  let now = 1;
  const commands: Sent[] = [];
  wanted.forEach((step, index) => {
    now += step.atDay / 12;
    const sent = { command: commandOf(step, events), at: day(now), commandId: `c${index}n`, before: events };
    commands.push(sent);
    events = run(events, sent.command, sent);
  });
  return { events, commands };
}

function commandOf(step: Step, events: readonly AnyAppEvent[]): AppCommand {
  const { kind, a, b, c, atDay } = step;
  const app = state(events);
  const { configs } = app;
  const config = pick([...configs.values()], a);
  const id = config?.id ?? "none";
  const version = 1 + (b % (config?.versions.length ?? 1));
  const environment = c % 3 === 0 ? "staging" : "production";
  const previewId =
    pick(
      releasesOf(app).flatMap(({ release }) => [...release.previews.keys()]),
      a,
    ) ?? "none";
  const schedule = pick(
    releasesOf(app).flatMap(({ release }) => [...release.schedules.values()]),
    a,
  );
  const scheduleId = schedule?.id ?? "none";
  const key = pick(KEYS, a) ?? "title";
  const segmentId = a % 2 === 0 ? NY : MIAMI;
  switch (kind) {
    case "create":
      return { type: "CreateConfig", data: { name: `config ${a % 4}`, ...contentOf(b, c) } };
    case "edit":
      return { type: "EditConfig", data: { id, ...contentOf(b, c) } };
    case "publish":
      return { type: "PublishConfig", data: { id, version, environment } };
    case "unpublish":
      return { type: "UnpublishConfig", data: { id, environment } };
    case "schedule": {
      const startsAt = day(2 + (b % 30));
      const endsAt = c % 2 === 0 ? null : day(3 + (b % 30) + (c % 5));
      return { type: "ScheduleConfig", data: { id, version, environment, startsAt, endsAt } };
    }
    case "reschedule": {
      const startsAt = schedule?.hasStarted ? undefined : day(3 + (b % 40));
      return {
        type: "RescheduleScheduledPublication",
        data: { scheduleId, startsAt, endsAt: c % 2 ? day(5 + (b % 60)) : null },
      };
    }
    case "cancel":
      return { type: "CancelScheduledPublication", data: { scheduleId } };
    case "start":
      return { type: "StartScheduledPublication", data: { scheduleId, dueAt: schedule?.startsAt ?? day(0) } };
    case "end":
      return { type: "EndScheduledPublication", data: { scheduleId, dueAt: schedule?.endsAt ?? day(0) } };
    case "preview":
      return { type: "PreviewConfig", data: { id, version, environment, endsAt: day(2 + (b % 30)) } };
    case "endPreview":
      return { type: "EndPreview", data: { previewId } };
    case "endDuePreview":
      return { type: "EndDuePreview", data: { previewId, dueAt: endOfPreview(app, previewId) } };
    case "setTestUsers":
      return { type: "SetTestUsers", data: { users: { list: `list ${b % 3}`, count: c % 5 } } };
    case "archive":
      return { type: "ArchiveConfig", data: { id } };
    case "restore":
      return { type: "RestoreConfig", data: { id: archivedIn(configs, a) ?? id } };
    case "archiveKey":
      return { type: "ArchiveKey", data: { name: key } };
    case "restoreKey":
      return { type: "RestoreKey", data: { name: key } };
    case "archiveSegment":
      return { type: "ArchiveSegment", data: { id: segmentId } };
    case "restoreSegment":
      return { type: "RestoreSegment", data: { id: segmentId } };
    case "schemaEdit": {
      const valueSchema = atDay % 2 ? { type: "integer", maximum: b % 10 } : null;
      return { type: "EditKey", data: { name: "dark_mode", valueSchema, defaultValue: 0 } };
    }
    default:
      return flagCommandOf(step, app.flags);
  }
}

function flagCommandOf({ kind, a, b, c }: Step, flags: Releases): AppCommand {
  const flag = pick([...flags.values()], a);
  const id = flag?.id ?? "none";
  const version = 1 + (b % (flag?.versions.length ?? 1));
  const environment = c % 3 === 0 ? "staging" : "production";
  const rules = [{ segmentId: [null, NY, MIAMI][c % 3] ?? null, percentage: b % 101, value: c % 2 === 0 }];
  switch (kind) {
    case "createFlag":
      return { type: "CreateFlag", data: { name: `flag ${a % 4}`, key: flagKey(b), rules } };
    case "editFlag":
      return { type: "EditFlag", data: { id, key: flagKey(b), rules } };
    case "publishFlag":
      return { type: "PublishFlag", data: { id, version, environment } };
    case "scheduleFlag":
      return {
        type: "ScheduleFlag",
        data: { id, version, environment, startsAt: day(2 + (b % 30)), endsAt: null },
      };
    case "previewFlag":
      return { type: "PreviewFlag", data: { id, version, environment, endsAt: day(2 + (b % 30)) } };
    case "archiveFlag":
      return { type: "ArchiveFlag", data: { id } };
    case "restoreFlag":
      return { type: "RestoreFlag", data: { id: archivedIn(flags, a) ?? id } };
    case "disableFlag":
      return { type: "DisableFlag", data: { id, environment } };
    default:
      return { type: "EnableFlag", data: { id, environment } };
  }
}

function endOfPreview(app: AppState, previewId: string): string {
  const found = releasesOf(app).find(({ release }) => release.previews.has(previewId));
  return found?.release.previews.get(previewId)?.endsAt ?? day(0);
}

const archivedIn = (releases: Releases, n: number): string | undefined =>
  pick(
    [...releases.values()].filter(({ isArchived }) => isArchived),
    n,
  )?.id;

const flagKey = (n: number): string => (n % 2 === 0 ? "beta" : "new_checkout");

function contentOf(b: number, c: number) {
  const keys = CONFIG_KEYS.filter((_, index) => ((b + 1) >> index) & 1);
  const chosen = keys.length > 0 ? keys : ["title"];
  const values = Object.fromEntries(chosen.map((key) => [key, valueOf(key, c)]));
  const segmentId = [null, NY, MIAMI][c % 3] ?? null;
  return { keys: chosen, rules: c % 5 === 0 ? [] : [draft(values, { segmentId, percentage: b % 101 })] };
}

function valueOf(key: string, c: number): number | string | boolean {
  if (key === "beta") return c % 2 === 0;
  return key === "title" ? `t${c % 3}` : c % 10;
}

const pick = <Item>(items: readonly Item[], n: number): Item | undefined =>
  items[n % Math.max(1, items.length)];
