import { GraphQLError } from "graphql";
import { Field, ID, InputType } from "type-graphql";
import type { User } from "../evaluation/model";
import { JsonScalar } from "../graphql/scalars";
import { isJsonObject, type Json } from "../lib/json";
import { jsonBoundsFault } from "../lib/jsonBounds";
import { checkText } from "../lib/text";

export const USER_ID_LENGTH_MAX = 256;
export const USER_PROPERTIES_MAX = 200;
export const USER_PROPERTIES_BYTES_MAX = 64 * 1024;
const USER_PROPERTIES_DEPTH_MAX = 16;

@InputType({ description: "Whom values are asked for." })
export class UserInput {
  @Field(() => ID, {
    description: `The app's own id of the user: 1 to ${USER_ID_LENGTH_MAX} characters. The same id gets the same values.`,
  })
  id!: string;

  @Field(() => JsonScalar, {
    nullable: true,
    description: `What conditions look at: an object of at most ${USER_PROPERTIES_MAX} properties and ${USER_PROPERTIES_BYTES_MAX} bytes as JSON.`,
  })
  properties?: Json;
}

/** The user that stands at a place of the input. @throws BAD_USER_INPUT with the path to what is wrong. */
export function userOf({ id, properties }: UserInput, at: readonly string[] = ["user"]): User {
  const idFault = checkText("The user's id", id, { lengthMin: 1, lengthMax: USER_ID_LENGTH_MAX });
  if (idFault !== null) throw badInput(idFault, [...at, "id"]);
  if (properties === undefined || properties === null) return { id, properties: {} };

  const path = [...at, "properties"];
  if (!isJsonObject(properties)) throw badInput("The user's properties must be an object.", path);
  const count = Object.keys(properties).length;
  if (count > USER_PROPERTIES_MAX) {
    throw badInput(`A user has at most ${USER_PROPERTIES_MAX} properties; this one has ${count}.`, path);
  }
  const bounds = { depthMax: USER_PROPERTIES_DEPTH_MAX, bytesMax: USER_PROPERTIES_BYTES_MAX };
  const fault = jsonBoundsFault(properties, bounds);
  if (fault) throw badInput(`The user's properties: this ${fault.message}.`, [...path, ...fault.pointer]);
  return { id, properties };
}

export function badInput(message: string, path: readonly string[]): GraphQLError {
  return new GraphQLError(message, { extensions: { code: "BAD_USER_INPUT", path } });
}
