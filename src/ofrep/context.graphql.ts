import { GraphQLError } from "graphql";
import type { FastifyRequest } from "fastify";
import type { Actor } from "../access/roles.policy";
import { placeMeant } from "../access/placeMeant";
import { userOf } from "../delivery/userInput.graphql";
import type { User } from "../evaluation/model";
import type { Place } from "../audience/userKey";
import { isJsonObject, type Json } from "../lib/json";
import { checkText } from "../lib/text";

export const APP_HEADER = "x-app";
export const ENVIRONMENT_HEADER = "x-environment";
const NAME_LENGTH_MAX = 200;

/** Without a targeting key: nobody in particular, who is in no share of users. */
export const NOBODY = "";

/** Where the asker's token is for; headers say it of a token that is for more. @throws BAD_REQUEST */
export function placeOf({ headers }: FastifyRequest, actor: Actor): Place {
  const named = { app: nameIn(headers[APP_HEADER]), environment: nameIn(headers[ENVIRONMENT_HEADER]) };
  const place = placeMeant(actor, named);
  if (place !== null) return place;
  throw refusal("BAD_REQUEST", "This token is of several apps; send the app's slug in the header X-App.");
}

function nameIn(header: string | string[] | undefined): string | null {
  if (header === undefined || header === "") return null;
  const fault = checkText("The header", String(header), { lengthMax: NAME_LENGTH_MAX });
  if (fault !== null) throw refusal("BAD_REQUEST", fault);
  return String(header);
}

/** The user in an evaluation context: its targeting key and everything beside that. @throws BAD_USER_INPUT, BAD_REQUEST */
export function userIn(body: unknown): User {
  if (!isJsonObject(body)) throw refusal("BAD_REQUEST", "The body must be an object with a context.");
  const context: Json = body["context"] ?? {};
  if (!isJsonObject(context)) throw refusal("BAD_USER_INPUT", "The context must be an object.");
  const { targetingKey = null, ...properties } = context;
  if (targetingKey !== null && typeof targetingKey !== "string") {
    throw refusal("BAD_USER_INPUT", "The targetingKey must be a text.");
  }
  if (targetingKey !== null && targetingKey !== NOBODY) return userOf({ id: targetingKey, properties }, []);
  return { ...userOf({ id: "nobody", properties }, []), id: NOBODY };
}

/** Told in the codes of the protocol by `refuse`. */
export function refusal(
  code: "BAD_REQUEST" | "BAD_USER_INPUT" | "UNAUTHENTICATED",
  message: string,
): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}
