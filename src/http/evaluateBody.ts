import { checkKeys } from "../delivery/delivery.args.graphql";
import { badInput, userOf } from "../delivery/userInput.graphql";
import type { Actor } from "../access/roles.policy";
import { placeMeant } from "../access/placeMeant";
import type { Place } from "../audience/userKey";
import type { User } from "../evaluation/model";
import { isJsonObject, type Json, type JsonObject } from "../lib/json";
import { checkText } from "../lib/text";

export const USERS_AT_ONCE_MAX = 1_000;

export type EvaluateBody = Readonly<{ place: Place; keys: readonly string[] | undefined; user: User }>;
export type BatchBody = Readonly<{
  place: Place;
  keys: readonly string[] | undefined;
  users: readonly User[];
}>;

/** @throws BAD_USER_INPUT with the path to what is wrong. */
export function readEvaluateBody(body: unknown, actor: Actor): EvaluateBody {
  const given = membersOf(body, ["app", "environment", "user", "keys"]);
  return { place: placeIn(given, actor), keys: keysIn(given), user: userIn(given["user"], ["user"]) };
}

/** @throws BAD_USER_INPUT with the path to what is wrong. */
export function readBatchBody(body: unknown, actor: Actor): BatchBody {
  const given = membersOf(body, ["app", "environment", "users", "keys"]);
  const users = given["users"];
  if (!Array.isArray(users)) throw badInput("Give the users as a list.", ["users"]);
  if (users.length > USERS_AT_ONCE_MAX) {
    throw badInput(`Ask for at most ${USERS_AT_ONCE_MAX} users at once; these are ${users.length}.`, [
      "users",
    ]);
  }
  return {
    place: placeIn(given, actor),
    keys: keysIn(given),
    users: users.map((user: Json, index) => userIn(user, ["users", String(index)])),
  };
}

/** A name that is not known could be one that is misspelt, and what it stands for be missed. */
function membersOf(body: unknown, names: readonly string[], path: readonly string[] = []): JsonObject {
  const what = path.length === 0 ? "The body" : "A user";
  if (!isJsonObject(body as Json)) throw badInput(`${what} must be an object of ${names.join(", ")}.`, path);
  const given = body as JsonObject;
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown === undefined) return given;
  const told = unknown.slice(0, 100);
  throw badInput(`${what} has ${names.join(", ")}, and no "${told}".`, [...path, told]);
}

const NAME_LENGTH_MAX = 200;

function placeIn(given: JsonObject, actor: Actor): Place {
  const named = { app: nameIn(given, "app"), environment: nameIn(given, "environment") };
  const place = placeMeant(actor, named);
  if (place === null) throw badInput("This token is of several apps; give the app's slug.", ["app"]);
  return place;
}

function nameIn(given: JsonObject, name: "app" | "environment"): string | null {
  const value = given[name] ?? null;
  if (value === null) return null;
  if (typeof value !== "string") throw badInput(`The ${name} must be a text.`, [name]);
  const fault = checkText(`The ${name}`, value, { lengthMin: 1, lengthMax: NAME_LENGTH_MAX });
  if (fault !== null) throw badInput(fault, [name]);
  return value;
}

function keysIn(given: JsonObject): readonly string[] | undefined {
  const keys = given["keys"] ?? undefined;
  if (keys === undefined) return undefined;
  if (!Array.isArray(keys))
    throw badInput("Give the keys as a list of names; leave it out for all.", ["keys"]);
  return checkKeys(
    keys.map((key: Json, index) => {
      if (typeof key === "string") return key;
      throw badInput("A key's name must be a text.", ["keys", String(index)]);
    }),
  );
}

function userIn(user: Json | undefined, path: readonly string[]): User {
  const given = membersOf(user, ["id", "properties"], path);
  const { id, properties = null } = given;
  if (typeof id !== "string") throw badInput("The user's id must be a text.", [...path, "id"]);
  return userOf({ id, properties }, path);
}
