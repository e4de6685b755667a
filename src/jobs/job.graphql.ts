import { Field, Float, ID, InputType, ObjectType, registerEnumType } from "type-graphql";
import type { JobKind, JobStatus } from "./job";
import { FINISHED_DAYS_KEPT } from "./job.queries";
import { ActorType } from "../graphql/actor.graphql";
import { Node } from "../graphql/node.graphql";
import { Payload } from "../graphql/payload.graphql";
import { DateTimeScalar, JsonScalar } from "../graphql/scalars";
import type { Json } from "../lib/json";

const JobKindEnum: { readonly [Name in JobKind]: Name } = { MEASURE_SEGMENT: "MEASURE_SEGMENT" };
registerEnumType(JobKindEnum, {
  name: "JobKind",
  description: "What a job does. The list may grow.",
  valuesConfig: {
    MEASURE_SEGMENT: { description: "Counts the users in a segment, one by one." },
  },
});

const JobStatusEnum: { readonly [Name in JobStatus]: Name } = {
  QUEUED: "QUEUED",
  RUNNING: "RUNNING",
  DONE: "DONE",
  FAILED: "FAILED",
  CANCELLED: "CANCELLED",
};
registerEnumType(JobStatusEnum, {
  name: "JobStatus",
  description: "How a job stands.",
  valuesConfig: {
    QUEUED: { description: "It waits for its turn, or for a server to go on with it." },
    RUNNING: { description: "It is under way." },
    DONE: { description: "It has a `result`." },
    FAILED: { description: "It could not be done; `failure` says why." },
    CANCELLED: { description: "Somebody did not want it any more." },
  },
});

@ObjectType("Job", {
  implements: [Node],
  simpleResolvers: true,
  description: `Work that takes longer than a request. It is forgotten ${FINISHED_DAYS_KEPT} days after its end.`,
})
export class Job extends Node {
  @Field(() => JobKindEnum, { description: "What it does." })
  kind!: JobKind;

  @Field(() => String, { description: "The environment that it looks at." })
  environment!: string;

  @Field(() => JobStatusEnum, { description: "How it stands." })
  status!: JobStatus;

  @Field(() => Float, { description: "How far it came: 0 to 100." })
  progress!: number;

  @Field(() => JsonScalar, { nullable: true, description: "What came of it; null unless it is DONE." })
  result!: Json;

  @Field(() => String, { nullable: true, description: "Why it could not be done; null unless it FAILED." })
  failure!: string | null;

  @Field(() => DateTimeScalar, { description: "When it was asked for." })
  createdAt!: string;

  @Field(() => ActorType, { description: "Who asked for it." })
  createdBy!: ActorType;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it was begun; null if it was not yet." })
  startedAt!: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it ended; null if it did not yet." })
  finishedAt!: string | null;
}

@InputType({ description: "What nobody wants any more." })
export class CancelJobInput {
  @Field(() => ID, { description: "The job's id." })
  jobId!: string;
}

@ObjectType({ description: "The job, which goes on no more, or why it could not be cancelled." })
export class CancelJobPayload extends Payload {
  @Field(() => Job, { nullable: true, description: "The job; null if there are errors." })
  job!: Job | null;
}
