import type { Json } from "../lib/json";

/** Looks no deeper than `depthMax`, so that no input exhausts the stack. */
export function nestsDeeperThan(value: Json, depthMax: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (depthMax === 0) return true;
  return Object.values(value).some((member: Json) => nestsDeeperThan(member, depthMax - 1));
}

/** Bytes of the JSON text in UTF-8 if every literal list of user ids were empty. */
export function bytesWithoutUserLists(input: Json): number {
  const text = JSON.stringify(input, (name, value: Json) =>
    name === "$userIn" && Array.isArray(value) ? [] : value,
  );
  return utf8Length(text);
}

function utf8Length(text: string): number {
  let bytes = 0;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    else if (isSurrogate(unit)) bytes += 2;
    else bytes += 3;
  }
  return bytes;
}

// A pair makes one character of four bytes. (JSON text holds no half pair: it is written as an escape.)
const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff;
