import { textFault } from "../lib/text";

/** How deep lists and objects may nest in what a request sends: the deepest value or schema stands inside a definition. */
export const JSON_DEPTH_MAX = 40;

export type JsonFault = Readonly<{ message: string; path: readonly string[] }>;

/**
 * What makes a value one that no part of us can store, with the path to it, or null. `JSON.parse` makes Infinity of
 * `1e999`; U+0000 and lone surrogates would come back as something else. Names such as `__proto__` are plain own
 * properties after `JSON.parse`; deciders refuse them where they would name something.
 */
export function jsonFault(value: unknown, path: readonly string[] = []): JsonFault | null {
  switch (typeof value) {
    case "string":
      return faultOfText("Text", value, path);
    case "number":
      return Number.isFinite(value) ? null : { message: "This number is too large to be stored.", path };
    case "object":
      return value === null ? null : faultInside(value, path);
    default:
      return null;
  }
}

function faultInside(value: object, path: readonly string[]): JsonFault | null {
  if (path.length >= JSON_DEPTH_MAX) {
    const message = `Lists and objects may nest at most ${JSON_DEPTH_MAX} deep; make it flatter.`;
    return { message, path: path.slice(0, PATH_LENGTH_MAX) };
  }
  if (Array.isArray(value)) {
    // By index: a list of ten thousand user ids passes here with every request that sends one.
    for (let index = 0; index < value.length; index += 1) {
      const fault = faultOfItem(value[index], path, index);
      if (fault) return fault;
    }
    return null;
  }
  for (const [name, item] of Object.entries(value)) {
    const fault = faultOfText("A name", name, path) ?? faultOfItem(item, path, name);
    if (fault) return fault;
  }
  return null;
}

/** Makes a path only for what can have a fault, since most values are plain. */
function faultOfItem(item: unknown, path: readonly string[], name: string | number): JsonFault | null {
  if (item === null || typeof item === "boolean" || Number.isFinite(item)) return null;
  if (typeof item === "string" && textFault(item) === null) return null;
  return jsonFault(item, [...path, String(name)]);
}

function faultOfText(subject: string, text: string, path: readonly string[]): JsonFault | null {
  const fault = textFault(text);
  return fault === null ? null : { message: `${subject} ${fault}.`, path };
}

const PATH_LENGTH_MAX = 8;
