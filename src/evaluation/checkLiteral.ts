import { isJsonObject, type Json } from "../lib/json";
import { pointerTo } from "./conditionFault";
import { LITERAL_DEPTH_MAX } from "./conditionLimits";
import type { FaultList } from "./faultList";
import { isOperatorName } from "./operators";

/** Faults of a value that a property is compared with. */
export function checkLiteral(value: Json, pointer: string, found: FaultList, depth = 0): void {
  if (typeof value === "string") return checkText(value, pointer, found);
  if (typeof value === "number") return checkNumber(value, pointer, found);
  if (typeof value !== "object" || value === null) return;
  if (depth === LITERAL_DEPTH_MAX) {
    return found.add(
      pointer,
      `A value nests at most ${LITERAL_DEPTH_MAX} lists and objects. Compare a part of it.`,
    );
  }
  if (!isJsonObject(value)) {
    return value.forEach((item, index) => checkLiteral(item, pointerTo(pointer, index), found, depth + 1));
  }
  for (const [name, member] of Object.entries(value)) {
    const at = pointerTo(pointer, name);
    checkText(name, at, found);
    if (isOperatorName(name)) {
      found.add(
        at,
        `"${name}" stands inside a value that is compared as a whole. Write a path with dots, as "a.b".`,
      );
    }
    checkLiteral(member, at, found, depth + 1);
  }
}

/** Text that is stored and sent on must be Unicode, and PostgreSQL refuses U+0000. */
export function checkText(text: string, pointer: string, found: FaultList): void {
  if (text.includes("\0")) found.add(pointer, "Text must not contain U+0000. Remove it.");
  if (/\p{Cs}/u.test(text))
    found.add(pointer, "Text must not contain half of a surrogate pair. Send valid Unicode.");
}

export function checkNumber(value: number, pointer: string, found: FaultList): void {
  if (!Number.isFinite(value)) return found.add(pointer, "A number must be finite.");
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    found.add(
      pointer,
      "A whole number must be between -(2^53 - 1) and 2^53 - 1. Use a string for longer ids.",
    );
  }
}
