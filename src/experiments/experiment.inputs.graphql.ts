import { Field, Float, ID, InputType } from "type-graphql";
import { ValidatableInput } from "../graphql/command.graphql";
import { JsonScalar } from "../graphql/scalars";
import type { Json } from "../lib/json";

const EXPERIMENT = "The experiment's id.";
const NAME = "What people call it: 1 to 120 characters, unlike any experiment that is not archived.";
const VARIATIONS =
  "2 to 8, the first of which is the control. Their weights add up to 100, and each has a name of its own.";
const GOALS = "Ids of the goals to measure: 1 to 5, the primary one first.";

@InputType("VariationValueInput", { description: "What a variation sets one key to." })
export class VariationValueInput {
  @Field(() => String, { description: "The key's name. It may be in configs, flags and other experiments." })
  key!: string;

  @Field(() => JsonScalar, { description: "A value of the key's type that fits its schema." })
  value!: Json;
}

@InputType("VariationInput", { description: "What a share of the users in the experiment gets." })
export class VariationInput {
  @Field(() => String, { description: "1 to 60 characters." })
  name!: string;

  @Field(() => Float, { description: "Its share in percent, with at most two decimals." })
  weight!: number;

  @Field(() => [VariationValueInput], {
    nullable: true,
    description:
      "What it sets. Every variation but the control sets a key at least; a key that it leaves out has the value that users get without the experiment.",
  })
  values?: readonly VariationValueInput[] | null;
}

@InputType()
abstract class ExperimentInput extends ValidatableInput {
  @Field(() => String, { nullable: true, description: "What it is for: at most 1,000 characters." })
  description?: string | null;

  @Field(() => String, { nullable: true, description: "Where it is to run; `production` for a new one." })
  environment?: string | null;

  @Field(() => ID, { nullable: true, description: "Whom it is for; null is everyone." })
  segmentId?: string | null;

  @Field(() => Float, {
    nullable: true,
    description: "The share of them who are in it, 0 to 100 with at most two decimals; 100 for a new one.",
  })
  traffic?: number | null;

  @Field(() => String, {
    nullable: true,
    description: "The property whose value gets a variation, as a company; null is the user's id.",
  })
  bucketBy?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The property that stands in for users without the first one; null is none.",
  })
  bucketByFallback?: string | null;

  @Field(() => [ID], {
    nullable: true,
    description: "Those of the goals that only must not get worse; not the first one.",
  })
  guardrails?: readonly string[] | null;
}

@InputType({ description: "A new experiment, as a draft." })
export class CreateExperimentInput extends ExperimentInput {
  @Field(() => String, { description: "The app's slug." })
  app!: string;

  @Field(() => String, { description: NAME })
  name!: string;

  @Field(() => [VariationInput], { description: VARIATIONS })
  variations!: readonly VariationInput[];

  @Field(() => [ID], { description: GOALS })
  goals!: readonly string[];
}

@InputType({ description: "Changes of an experiment; what is left out stays as it is." })
export class EditExperimentInput extends ExperimentInput {
  @Field(() => ID, { description: EXPERIMENT })
  experimentId!: string;

  @Field(() => String, { nullable: true, description: NAME })
  name?: string | null;

  @Field(() => [VariationInput], { nullable: true, description: `All of them from now on: ${VARIATIONS}` })
  variations?: readonly VariationInput[] | null;

  @Field(() => [ID], { nullable: true, description: `All of them from now on. ${GOALS}` })
  goals?: readonly string[] | null;
}

@InputType({ description: "The experiment to put away." })
export class ArchiveExperimentInput extends ValidatableInput {
  @Field(() => ID, { description: EXPERIMENT })
  experimentId!: string;
}

@InputType({ description: "The archived experiment to take back." })
export class RestoreExperimentInput extends ValidatableInput {
  @Field(() => ID, { description: EXPERIMENT })
  experimentId!: string;
}
