import { isJsonObject, type Json, type JsonObject } from "../lib/json";
import { jsonBoundsFault } from "../lib/jsonBounds";
import type { Refusal } from "../lib/refusal";
import { checkText } from "../lib/text";

/** In UTF-16 code units. */
export const PROPERTY_NAME_LENGTH_MAX = 120;
/** Values of a list, as it is sent. */
export const PROPERTY_LIST_MAX = 100;
export const PROPERTIES_DEPTH_MAX = 5;
export const PROPERTIES_BYTES_MAX = 64 * 1024;

type Subject = Readonly<{ noun: string; countMax: number }>;

/** Everything wrong with the properties of a user or of an event. */
export function propertiesFaults(properties: Json, { noun, countMax }: Subject): readonly Refusal[] {
  if (!isJsonObject(properties)) return [invalid(`The properties of ${noun} are an object.`)];
  const names = Object.keys(properties);
  if (names.length > countMax) {
    return [invalid(`${capital(noun)} has at most ${countMax} properties; this one has ${names.length}.`)];
  }
  const bounds = { depthMax: PROPERTIES_DEPTH_MAX, bytesMax: PROPERTIES_BYTES_MAX };
  const fault = jsonBoundsFault(properties, bounds);
  if (fault) return [invalid(`The properties of ${noun}: this ${fault.message}.`, fault.pointer)];
  return names.flatMap((name) => [...nameFaults(name), ...listFaults(properties, name)]);
}

function nameFaults(name: string): readonly Refusal[] {
  const bounds = { lengthMin: 1, lengthMax: PROPERTY_NAME_LENGTH_MAX };
  const message = checkText("A property's name", name, bounds) ?? unreachable(name);
  return message === null ? [] : [invalid(message, [name])];
}

/** Conditions read `a.b` as the member `b` of `a`, and take what begins with `$` for an operator. */
function unreachable(name: string): string | null {
  if (name.startsWith("$")) return `A property's name does not begin with "$", as "${name}"; rename it.`;
  return name.includes(".") ? `A property's name has no ".", as "${name}"; send an object instead.` : null;
}

function listFaults(properties: JsonObject, name: string): readonly Refusal[] {
  const value = properties[name];
  if (!Array.isArray(value) || value.length <= PROPERTY_LIST_MAX) return [];
  return [invalid(`A list has at most ${PROPERTY_LIST_MAX} values; this one has ${value.length}.`, [name])];
}

export function invalid(message: string, path: readonly string[] = []): Refusal {
  return { code: "INVALID", message, path };
}

/** The same refusals, of what stands at a place. */
export function under(place: readonly string[], refusals: readonly Refusal[]): readonly Refusal[] {
  return refusals.map((refusal) => ({ ...refusal, path: [...place, ...refusal.path] }));
}

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
