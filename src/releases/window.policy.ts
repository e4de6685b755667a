import { exactInstantOf } from "../evaluation/instant";
import type { Refusal } from "../lib/refusal";

/** How far ahead a publication can be scheduled. */
export const SCHEDULE_YEARS_MAX = 5;

/** From `startsAt` up to and without `endsAt`. Without an end it is the instant of a publication that stays. */
export type Window = Readonly<{ startsAt: string; endsAt: string | null }>;

/** ISO 8601 in UTC with milliseconds, so that instants order as texts do; null for what names no instant. */
export function instantText(text: string): string | null {
  const ms = exactInstantOf(text);
  return ms === null ? null : new Date(ms).toISOString();
}

/** The window with its instants as they are stored, or everything wrong with them. */
export function checkWindow(
  { startsAt, endsAt }: Window,
  at: string,
): Readonly<{ window: Window | null; reasons: readonly Refusal[] }> {
  const start = checkInstant("startsAt", startsAt, at);
  const end = endsAt === null ? null : checkInstant("endsAt", endsAt, at);
  const reasons = [...start.reasons, ...(end?.reasons ?? [])];
  if (start.text === null || reasons.length > 0) return { window: null, reasons };
  const window = { startsAt: start.text, endsAt: end?.text ?? null };
  return window.endsAt !== null && window.endsAt <= window.startsAt
    ? { window: null, reasons: [invalid("endsAt", "The end must be after the start.")] }
    : { window, reasons };
}

/** How far ahead an instant may be. */
export type Reach = Readonly<{ latest: string; inWords: string }>;

/** An instant to come, as it is stored, or what is wrong with it. */
export function checkInstant(
  field: "startsAt" | "endsAt",
  value: string,
  at: string,
  { latest, inWords }: Reach = { latest: furthest(at), inWords: `${SCHEDULE_YEARS_MAX} years` },
): Readonly<{ text: string | null; reasons: readonly Refusal[] }> {
  const subject = field === "startsAt" ? "The start" : "The end";
  const text = instantText(value);
  if (text === null) {
    const form = `${subject} must be an instant with its time zone, as "2026-01-05T10:00:00Z", in the years 0 to 9999.`;
    return { text, reasons: [invalid(field, form)] };
  }
  if (text <= at) {
    return { text, reasons: [invalid(field, `${subject} must be in the future; it is ${at} now.`)] };
  }
  if (text > latest) {
    const message = `${subject} must be within ${inWords} from now, by ${latest}.`;
    return { text, reasons: [invalid(field, message)] };
  }
  return { text, reasons: [] };
}

/** Whether both could not be kept: windows share an instant, or a publication that stays falls into the other one. */
export function isOverlapping(a: Window, b: Window): boolean {
  const [first, second] = a.startsAt <= b.startsAt ? [a, b] : [b, a];
  return second.startsAt === first.startsAt || (first.endsAt !== null && second.startsAt < first.endsAt);
}

function furthest(at: string): string {
  const date = new Date(at);
  date.setUTCFullYear(date.getUTCFullYear() + SCHEDULE_YEARS_MAX);
  return date.toISOString();
}

function invalid(field: string, message: string): Refusal {
  return { code: "INVALID", message, path: [field] };
}
