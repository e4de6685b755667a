import { ArgsType, Field, Int } from "type-graphql";
import { badInput, UserInput } from "./userInput.graphql";
import { DateTimeScalar } from "../graphql/scalars";
import { PRODUCTION } from "../apps/app.events";

export const KEYS_ASKED_MAX = 500;

/** For whom, where and when. */
@ArgsType()
export class EvaluationArguments {
  @Field(() => String, { description: "The app's slug." })
  app!: string;

  @Field(() => String, { defaultValue: PRODUCTION, description: "The environment's name." })
  environment!: string;

  @Field(() => UserInput, { description: "Whom to answer for." })
  user!: UserInput;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "Answers as at this past instant. Conditions on time take it for the present too.",
  })
  asOf?: string | null;

  @Field(() => Int, {
    nullable: true,
    description: "Answers as right after this revision of the app, at the time of that change.",
  })
  atRevision?: number | null;
}

@ArgsType()
export class EvaluateArguments extends EvaluationArguments {
  @Field(() => [String], {
    nullable: true,
    description: `Names of the keys to answer for, at most ${KEYS_ASKED_MAX}; absent: all.`,
  })
  keys?: string[] | null;
}

@ArgsType()
export class ExplainArguments extends EvaluationArguments {
  @Field(() => String, { description: "The key's name." })
  key!: string;
}

/** @throws BAD_USER_INPUT if these are too many. */
export function checkKeys(keys: readonly string[] | null | undefined): readonly string[] | undefined {
  if (keys && keys.length > KEYS_ASKED_MAX) {
    throw badInput(`Ask for at most ${KEYS_ASKED_MAX} keys at once; these are ${keys.length}.`, ["keys"]);
  }
  return keys ?? undefined;
}
