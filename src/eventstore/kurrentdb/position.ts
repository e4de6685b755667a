import { invariant } from "../../lib/invariant";
import { START, type Position } from "../eventStore";

/** A place in KurrentDB's log, in which all streams of all its users stand; both numbers are unsigned, of 64 bits. */
export type LogPosition = Readonly<{ commit: string; prepare: string }>;

const DIGITS = 20;
const PATTERN = new RegExp(`^(\\d{${DIGITS}})\\.(\\d{${DIGITS}})$`);
/** What servers before 22.6 say where they do not know. */
const UNKNOWN = String(2n ** 64n - 1n);

/** Padded, so that they order as strings do, in the order of the log: by commit, then by prepare. */
export function positionIn({ commit, prepare }: LogPosition): Position {
  // The one place where such positions are made.
  return `${commit.padStart(DIGITS, "0")}.${prepare.padStart(DIGITS, "0")}` as Position;
}

export const isKnown = ({ commit }: LogPosition): boolean => commit !== UNKNOWN;

/** Null for the start. */
export function logPositionOf(position: Position): LogPosition | null {
  if (position === START) return null;
  const match = PATTERN.exec(position);
  invariant(match?.[1] && match[2], `"${position}" is no position of this log`);
  return { commit: String(BigInt(match[1])), prepare: String(BigInt(match[2])) };
}
