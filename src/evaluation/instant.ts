import type { Json } from "../lib/json";

/** The furthest from 1970 that a JavaScript date can be, in milliseconds. */
export const INSTANT_MS_MAX = 8.64e15;

/**
 * The instant that a property names, in milliseconds since 1970, or null: a number is just that; a string is
 * ISO 8601 with a zone (`2026-01-05T10:00:00Z`, `…+01:00`; seconds and their fraction may be missing), or a date
 * alone, which is its first instant in UTC.
 */
export function instantOf(value: Json): number | null {
  if (typeof value === "number") return Math.abs(value) <= INSTANT_MS_MAX ? value : null;
  if (typeof value !== "string") return null;
  return value.length === DATE_LENGTH ? datePart(value) : zonedInstant(value);
}

/** The instant that a condition names: as a property's, but a date alone would leave its zone open. */
export function exactInstantOf(value: Json): number | null {
  if (typeof value === "number") return Number.isInteger(value) ? instantOf(value) : null;
  return typeof value === "string" ? zonedInstant(value) : null;
}

const DATE_LENGTH = "2026-01-05".length;
const MINUTES_END = "2026-01-05T10:00".length;
const SECONDS_END = "2026-01-05T10:00:00".length;
const FRACTION_DIGITS_MAX = 9;
const DAY_MS = 86_400_000;

// Read by hand: `Date.parse` is slower, allocates, and takes forms that other languages would not.
function zonedInstant(text: string): number | null {
  const date = datePart(text);
  const minutes = clockMinutes(text, DATE_LENGTH + 1);
  if (date === null || minutes === null || text[DATE_LENGTH] !== "T") return null;
  let end = MINUTES_END;
  let ms = 0;
  if (text[MINUTES_END] === ":") {
    const seconds = digits(text, MINUTES_END + 1, 2);
    if (seconds > 59) return null;
    end = fractionEnd(text);
    ms = seconds * 1000 + fractionMs(text, end);
  }
  const offset = offsetMinutes(text, end);
  return offset === null ? null : date + (minutes - offset) * 60_000 + ms;
}

function datePart(text: string): number | null {
  if (text[4] !== "-" || text[7] !== "-") return null;
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 2);
  const day = digits(text, 8, 2);
  if (year > 9999 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return null;
  return daysSince1970(year, month, day) * DAY_MS;
}

function clockMinutes(text: string, at: number): number | null {
  const hours = digits(text, at, 2);
  const minutes = digits(text, at + 3, 2);
  return text[at + 2] === ":" && hours <= 23 && minutes <= 59 ? hours * 60 + minutes : null;
}

function offsetMinutes(text: string, at: number): number | null {
  const sign = text[at];
  if (sign === "Z") return text.length === at + 1 ? 0 : null;
  if ((sign !== "+" && sign !== "-") || text.length !== at + "+01:00".length) return null;
  const minutes = clockMinutes(text, at + 1);
  if (minutes === null) return null;
  return sign === "+" ? minutes : -minutes;
}

/** Where the fraction of a second ends; without a (well-formed) one, where the seconds do. */
function fractionEnd(text: string): number {
  if (text[SECONDS_END] !== ".") return SECONDS_END;
  let end = SECONDS_END + 1;
  while (digits(text, end, 1) <= 9) end += 1;
  const length = end - SECONDS_END - 1;
  return length >= 1 && length <= FRACTION_DIGITS_MAX ? end : SECONDS_END;
}

function fractionMs(text: string, end: number): number {
  let ms = 0;
  for (let place = 1, weight = 100; place <= 3; place += 1, weight /= 10) {
    if (SECONDS_END + place < end) ms += weight * digits(text, SECONDS_END + place, 1);
  }
  return ms;
}

/** The number that `count` digits make, or Infinity if one of them is none. */
function digits(text: string, at: number, count: number): number {
  let number = 0;
  for (let index = at; index < at + count; index += 1) {
    const digit = text.charCodeAt(index) - 48;
    if (!(digit >= 0 && digit <= 9)) return Infinity;
    number = number * 10 + digit;
  }
  return number;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

// Counts from March, so that the leap day is the year's last.
function daysSince1970(year: number, month: number, day: number): number {
  const shifted = month > 2 ? year : year - 1;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}
