import { Field, ObjectType } from "type-graphql";
import { Goal } from "./goal.graphql";
import { Payload } from "../graphql/payload.graphql";

@ObjectType()
abstract class GoalPayload extends Payload {
  @Field(() => Goal, { nullable: true, description: "The goal as it is now; null if there are errors." })
  goal!: Goal | null;
}

@ObjectType({ description: "What came of creating a goal." })
export class CreateGoalPayload extends GoalPayload {}

@ObjectType({ description: "What came of editing a goal." })
export class EditGoalPayload extends GoalPayload {}

@ObjectType({ description: "What came of archiving a goal." })
export class ArchiveGoalPayload extends GoalPayload {}

@ObjectType({ description: "What came of restoring a goal." })
export class RestoreGoalPayload extends GoalPayload {}
