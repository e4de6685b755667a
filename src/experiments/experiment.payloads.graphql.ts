import { Field, ObjectType } from "type-graphql";
import { Experiment } from "./experiment.graphql";
import { WarnedPayload } from "../graphql/payload.graphql";

@ObjectType()
export abstract class ExperimentPayload extends WarnedPayload {
  @Field(() => Experiment, {
    nullable: true,
    description: "The experiment as it is now; null if there are errors, or if a new one was only validated.",
  })
  experiment!: Experiment | null;
}

@ObjectType({ description: "What came of creating an experiment." })
export class CreateExperimentPayload extends ExperimentPayload {}

@ObjectType({ description: "What came of editing an experiment." })
export class EditExperimentPayload extends ExperimentPayload {}

@ObjectType({ description: "What came of archiving an experiment." })
export class ArchiveExperimentPayload extends ExperimentPayload {}

@ObjectType({ description: "What came of restoring an experiment." })
export class RestoreExperimentPayload extends ExperimentPayload {}
