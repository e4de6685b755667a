import { Field, InputType } from "type-graphql";
import { NotedInput, ValidatableInput } from "../graphql/command.graphql";

const APP = "The app's slug.";
const NAME = "The environment's name.";
const DESCRIPTION = "What it is for, for people: at most 1,000 characters.";

@InputType({ description: "A new environment." })
export class CreateEnvironmentInput extends NotedInput {
  @Field(() => String, { description: APP })
  app!: string;

  @Field(() => String, {
    description:
      "1 to 40 of a–z, 0–9 and single dashes, starting with a letter. Never changes, and is never free again.",
  })
  name!: string;

  @Field(() => String, { nullable: true, description: DESCRIPTION })
  description?: string | null;
}

@InputType({ description: "Changes of an environment; what is left out stays as it is." })
export class EditEnvironmentInput extends NotedInput {
  @Field(() => String, { description: APP })
  app!: string;

  @Field(() => String, { description: NAME })
  name!: string;

  @Field(() => String, { nullable: true, description: DESCRIPTION })
  description?: string | null;
}

@InputType({
  description: "The environment to put away. Nothing may be published or scheduled in it any more.",
})
export class ArchiveEnvironmentInput extends ValidatableInput {
  @Field(() => String, { description: APP })
  app!: string;

  @Field(() => String, { description: NAME })
  name!: string;
}

@InputType({ description: "The archived environment to take back." })
export class RestoreEnvironmentInput extends NotedInput {
  @Field(() => String, { description: APP })
  app!: string;

  @Field(() => String, { description: NAME })
  name!: string;
}
