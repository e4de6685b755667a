import { Field, ID, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import { BATCH_MAX, USER_ID_LENGTH_MAX, USER_PROPERTIES_MAX } from "./identify.policy";
import type { IdentifyMode } from "./identifyUsers";
import { PROPERTIES_BYTES_MAX, PROPERTIES_DEPTH_MAX, PROPERTY_LIST_MAX } from "./properties.policy";
import { EARLY_MINUTES_MAX, EVENT_ID_LENGTH_MAX, EVENT_PROPERTIES_MAX, LATE_DAYS_MAX } from "./track.policy";
import { IDEMPOTENT_DAYS } from "./trackEvents";
import { EVENT_NAME_LENGTH_MAX } from "../evaluation/conditionLimits";
import { PRODUCTION } from "../apps/app.events";
import { connectionType } from "../graphql/connection";
import { Payload } from "../graphql/payload.graphql";
import { DateTimeScalar, JsonScalar } from "../graphql/scalars";
import { UserError } from "../graphql/userError";
import type { Json } from "../lib/json";

const IdentifyModeEnum: { readonly [Name in IdentifyMode]: Name } = { MERGE: "MERGE", REPLACE: "REPLACE" };
registerEnumType(IdentifyModeEnum, {
  name: "IdentifyMode",
  description: "What becomes of the properties that are known of a user.",
  valuesConfig: {
    MERGE: { description: "Those that are told of take their places; one that is null is taken away." },
    REPLACE: { description: "Only what is told now is known from now on." },
  },
});

const ID_OF_USER = `The app's own id of the user: 1 to ${USER_ID_LENGTH_MAX} characters.`;
const SHAPE = `${PROPERTIES_BYTES_MAX} bytes as JSON, ${PROPERTIES_DEPTH_MAX} deep; lists have at most ${PROPERTY_LIST_MAX} values`;

@InputType({ description: "In which app's environment." })
abstract class PlacedInput {
  @Field(() => String, { description: "The app's slug." })
  app!: string;

  @Field(() => String, { defaultValue: PRODUCTION, description: "The environment's name." })
  environment!: string;
}

@InputType({ description: "What is told of a user." })
export class IdentifiedUserInput {
  @Field(() => ID, { description: ID_OF_USER })
  id!: string;

  @Field(() => JsonScalar, {
    description: `An object of at most ${USER_PROPERTIES_MAX} properties, ${SHAPE}.`,
  })
  properties!: Json;
}

@InputType({ description: "What is told of users." })
export class IdentifyInput extends PlacedInput {
  @Field(() => [IdentifiedUserInput], { description: `1 to ${BATCH_MAX} of them, each once.` })
  users!: readonly IdentifiedUserInput[];

  @Field(() => IdentifyModeEnum, {
    defaultValue: IdentifyModeEnum.MERGE,
    description: "What becomes of the properties that are known.",
  })
  mode!: IdentifyMode;
}

@ObjectType({ description: "Whether it is known now." })
export class IdentifyPayload extends Payload {
  @Field(() => Int, { nullable: true, description: "Of how many users it is; null if there are errors." })
  accepted!: number | null;
}

@InputType({ description: "What a user did." })
export class UserEventInput {
  @Field(() => ID, {
    description: `The sender's own id of the event, 1 to ${EVENT_ID_LENGTH_MAX} characters: for ${IDEMPOTENT_DAYS} days it counts once for the user.`,
  })
  id!: string;

  @Field(() => ID, { description: ID_OF_USER })
  userId!: string;

  @Field(() => String, { description: `What was done: 1 to ${EVENT_NAME_LENGTH_MAX} characters.` })
  name!: string;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: `When: up to ${LATE_DAYS_MAX} days ago, and ${EARLY_MINUTES_MAX} minutes ahead. Absent: now.`,
  })
  at?: string | null;

  @Field(() => JsonScalar, {
    nullable: true,
    description: `An object of at most ${EVENT_PROPERTIES_MAX} properties, ${SHAPE}.`,
  })
  properties?: Json;
}

@InputType({ description: "What users did." })
export class TrackInput extends PlacedInput {
  @Field(() => [UserEventInput], { description: `1 to ${BATCH_MAX} of them.` })
  events!: readonly UserEventInput[];

  @Field(() => Boolean, {
    defaultValue: false,
    description: "Takes the good ones of a batch in which some are refused; else one bad event refuses all.",
  })
  partial!: boolean;
}

@ObjectType({ description: "How much of it counts, and why the rest does not." })
export class TrackPayload {
  @Field(() => Int, {
    nullable: true,
    description: "How many events are new and stored; null if nothing was done.",
  })
  accepted!: number | null;

  @Field(() => Int, { nullable: true, description: "How many were known already; null if nothing was done." })
  duplicates!: number | null;

  @Field(() => [UserError], {
    description: "Why nothing was stored or, with `partial`, why the events named by `path` were not.",
  })
  errors!: readonly UserError[];
}

@InputType({ description: "Who acted without a name, and who that turned out to be." })
export class AliasInput extends PlacedInput {
  @Field(() => ID, { description: "The id that the user had before." })
  anonymousId!: string;

  @Field(() => ID, { description: "The known user's id." })
  userId!: string;
}

@ObjectType({ description: "What became the known user's." })
export class AliasPayload extends Payload {
  @Field(() => Int, {
    nullable: true,
    description: "How many events are the user's now; 0 for a repeat, null if there are errors.",
  })
  joinedEvents!: number | null;

  @Field(() => Int, {
    nullable: true,
    description: "How many were left out, since the user has others of their ids; null if there are errors.",
  })
  droppedEvents!: number | null;
}

@ObjectType("UserEvent", { simpleResolvers: true, description: "Something that a user did." })
export class UserEvent {
  @Field(() => ID, { description: "The sender's own id of it." })
  id!: string;

  @Field(() => String, { description: "What was done." })
  name!: string;

  @Field(() => DateTimeScalar, { description: "When." })
  at!: string;

  @Field(() => JsonScalar, { description: "More of it." })
  properties!: Json;
}

export const UserEventConnection = connectionType(UserEvent, "UserEvent");

@ObjectType("User", { simpleResolvers: true, description: "What is known of a user in an environment." })
export class User {
  /** Where; not shown. */
  place!: Readonly<{ app: string; environment: string }>;

  @Field(() => ID, { description: "The app's own id of the user." })
  id!: string;

  @Field(() => [ID], {
    description: "Ids that became this user: whatever is told of them is told of the user.",
  })
  aliases!: readonly string[];

  @Field(() => JsonScalar, { description: "What was told of the user." })
  properties!: Json;

  @Field(() => DateTimeScalar, { description: "When something was first told of the user." })
  createdAt!: string;

  @Field(() => DateTimeScalar, { description: "When the properties last changed." })
  updatedAt!: string;
}
