import fc from "fast-check";
import type { AppCommand } from "../../src/apps/app.decider";
import type { AnyAppEvent } from "../../src/apps/app.state";
import { APP, MIAMI, NY, day, draft, run, state } from "./shop";

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
  "archive",
  "restore",
  "archiveKey",
  "archiveKey",
  "restoreKey",
  "restoreKey",
  "archiveSegment",
  "restoreSegment",
  "schemaEdit",
] as const;

const KEYS = ["dark_mode", "title", "price"];
const number = fc.nat(1000);

export const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({ kind: fc.constantFrom(...KINDS), a: number, b: number, c: number, atDay: fc.nat(12) }),
  { minLength: 5, maxLength: 60 },
);

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

function commandOf({ kind, a, b, c, atDay }: Step, events: readonly AnyAppEvent[]): AppCommand {
  const { configs } = state(events);
  const config = pick([...configs.values()], a);
  const id = config?.id ?? "none";
  const version = 1 + (b % (config?.versions.length ?? 1));
  const environment = c % 3 === 0 ? "staging" : "production";
  const schedule = pick(
    [...configs.values()].flatMap(({ schedules }) => [...schedules.values()]),
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
    case "archive":
      return { type: "ArchiveConfig", data: { id } };
    case "restore": {
      const put = pick(
        [...configs.values()].filter(({ isArchived }) => isArchived),
        a,
      );
      return { type: "RestoreConfig", data: { id: put?.id ?? id } };
    }
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
  }
}

function contentOf(b: number, c: number) {
  const keys = KEYS.filter((_, index) => ((b + 1) >> index) & 1);
  const chosen = keys.length > 0 ? keys : ["title"];
  const values: Record<string, number | string> = {};
  for (const key of chosen) values[key] = key === "title" ? `t${c % 3}` : c % 10;
  const segmentId = [null, NY, MIAMI][c % 3] ?? null;
  return { keys: chosen, rules: c % 5 === 0 ? [] : [draft(values, { segmentId, percentage: b % 101 })] };
}

const pick = <Item>(items: readonly Item[], n: number): Item | undefined =>
  items[n % Math.max(1, items.length)];
