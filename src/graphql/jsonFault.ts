/** How deep lists and objects may nest in what a request sends. */
export const JSON_DEPTH_MAX = 32;

export type JsonFault = Readonly<{ message: string; path: readonly string[] }>;

/**
 * What makes a value one that we cannot store, with the path to it, or null. `JSON.parse` makes Infinity of `1e999`;
 * PostgreSQL refuses U+0000; a lone surrogate is no text, so it would come back as something else.
 */
export function jsonFault(value: unknown, path: readonly string[] = []): JsonFault | null {
  switch (typeof value) {
    case "string":
      return textFault(value, path);
    case "number":
      return Number.isFinite(value) ? null : { message: "This number is too large to be stored.", path };
    case "object":
      return value === null ? null : contentFault(value, path);
    default:
      return null;
  }
}

function contentFault(value: object, path: readonly string[]): JsonFault | null {
  if (path.length >= JSON_DEPTH_MAX) {
    return {
      message: `Lists and objects may nest at most ${JSON_DEPTH_MAX} deep.`,
      path: path.slice(0, PATH_LENGTH_MAX),
    };
  }
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) {
      const fault = itemFault(value[index], path, index);
      if (fault) return fault;
    }
    return null;
  }
  for (const [name, item] of Object.entries(value)) {
    const fault = textFault(name, path) ?? itemFault(item, path, name);
    if (fault) return fault;
  }
  return null;
}

/** A path is only made for what can have a fault, since most values are short strings and numbers. */
function itemFault(item: unknown, path: readonly string[], name: string | number): JsonFault | null {
  if (typeof item === "boolean" || item === null) return null;
  if (typeof item === "string" && isStorableText(item)) return null;
  return jsonFault(item, [...path, String(name)]);
}

export function textFault(text: string, path: readonly string[]): JsonFault | null {
  if (isStorableText(text)) return null;
  const what = text.includes("\0") ? "the character U+0000" : "half of a surrogate pair";
  return { message: `Text cannot hold ${what}; remove it.`, path };
}

const PATH_LENGTH_MAX = 8;

// With the flag "u" a pair is one character, so a surrogate that matches stands alone.
const UNSTORABLE = /[\0\p{Surrogate}]/u;
const isStorableText = (text: string): boolean => !UNSTORABLE.test(text);
