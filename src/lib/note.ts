import type { Refusal } from "./refusal";
import { checkText } from "./text";

/** In UTF-16 code units. */
export const NOTE_LENGTH_MAX = 2_000;

/** Everything wrong with what somebody notes beside a change, to say why. */
export function noteRefusals(note: string): readonly Refusal[] {
  const message = checkText("The note", note, { lengthMax: NOTE_LENGTH_MAX }) ?? controlFault(note);
  return message === null ? [] : [{ code: "INVALID", message, path: ["note"] }];
}

function controlFault(note: string): string | null {
  const found = CONTROL.exec(note);
  if (!found) return null;
  const [character] = found;
  const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
  return `The note must not contain the control character U+${code}; only newlines and tabs are allowed. Remove it.`;
}

/** A newline and a tab are all that a text of several lines needs; the others can make a terminal or a log lie. */
const CONTROL = /[^\P{Cc}\n\t]/u;
