import { invariant } from "../lib/invariant";
import { START, type Position } from "./eventStore";

const DIGITS = 20;

/** Positions of stores that number all events 1, 2, 3…: padded, so that they order as strings do. */
export function positionOf(number: number): Position {
  // The one place where such positions are made.
  return number === 0 ? START : (String(number).padStart(DIGITS, "0") as Position);
}

export function numberOf(position: Position): number {
  if (position === START) return 0;
  const number = /^\d{20}$/.test(position) ? Number(position) : NaN;
  invariant(Number.isSafeInteger(number), `"${position}" is no position of this log`);
  return number;
}
