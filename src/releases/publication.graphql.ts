import { Field, Int, ObjectType, registerEnumType } from "type-graphql";
import {
  SCHEDULE_STATUSES,
  type PublicationRow,
  type ScheduledPublicationRow,
} from "./publication.projection";
import { Environment, environmentOf } from "../apps/app.graphql";
import { ActorType } from "../graphql/actor.graphql";
import { Node } from "../graphql/node.graphql";
import { DateTimeScalar } from "../graphql/scalars";

const named = <Name extends string>(names: readonly Name[]) =>
  Object.fromEntries(names.map((name) => [name, name])) as { [Each in Name]: Each };

export const ScheduledPublicationStatus = named(SCHEDULE_STATUSES);
registerEnumType(ScheduledPublicationStatus, {
  name: "ScheduledPublicationStatus",
  description: "How far a scheduled publication has come. The list may grow.",
  valuesConfig: {
    PENDING: { description: "It has not started yet." },
    RUNNING: { description: "It has started, and its end is still to come." },
    DONE: { description: "Everything that was scheduled has happened." },
    CANCELLED: { description: "What was still to come will not happen." },
    SUSPENDED: {
      description: "It was due and could not be applied; `reasons` says why. Reschedule or cancel it.",
    },
  },
});

export const PublicationCause = named(["BY_HAND", "ARCHIVED", "SCHEDULE", "SCHEDULE_END"]);
registerEnumType(PublicationCause, {
  name: "PublicationCause",
  description: "Why something was published or unpublished. The list may grow.",
  valuesConfig: {
    BY_HAND: { description: "Somebody did it at that moment." },
    ARCHIVED: { description: "It was archived, which unpublishes it everywhere." },
    SCHEDULE: { description: "It was scheduled for then." },
    SCHEDULE_END: {
      description: "A scheduled publication ended, and what was active before is active again.",
    },
  },
});

@ObjectType("Publication", {
  simpleResolvers: true,
  description: "One entry of the history of what was active in an environment.",
})
export class Publication {
  @Field(() => Int, {
    nullable: true,
    description: "The version that became active; null: none was any more.",
  })
  version!: number | null;

  @Field(() => Int, { nullable: true, description: "The version that was active before; null if none was." })
  previousVersion!: number | null;

  @Field(() => Environment, { description: "Where." })
  environment!: Environment;

  @Field(() => DateTimeScalar, { description: "When it happened." })
  publishedAt!: string;

  @Field(() => ActorType, { description: "Who did it." })
  publishedBy!: ActorType;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "When the next entry of the same environment followed; null while this is the last one.",
  })
  endedAt!: string | null;

  @Field(() => PublicationCause, { description: "Why it happened." })
  cause!: PublicationRow["cause"];

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "When the schedule meant it to happen; null if it was not scheduled.",
  })
  dueAt!: string | null;

  @Field(() => String, { description: "What its author wrote about it; may be empty." })
  note!: string;
}

@ObjectType("ScheduledPublication", {
  implements: Node,
  simpleResolvers: true,
  description: "A publication at a time to come, perhaps until another time.",
})
export class ScheduledPublication extends Node {
  /** Of what is published: for the resolver that shows it. */
  releaseKind!: string;
  releaseId!: string;

  @Field(() => Int, { description: "The version that is published." })
  version!: number;

  @Field(() => Environment, { description: "Where." })
  environment!: Environment;

  @Field(() => DateTimeScalar, { description: "When the version becomes active." })
  startsAt!: string;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      "When the version that was active before becomes active again, or none; null: the version stays.",
  })
  endsAt!: string | null;

  @Field(() => ScheduledPublicationStatus, { description: "How far it has come." })
  status!: ScheduledPublicationRow["status"];

  @Field(() => [String], { description: "Why it is suspended, in words; empty if it is not." })
  reasons!: readonly string[];

  @Field(() => String, { description: "What its author wrote about it; may be empty." })
  note!: string;

  @Field(() => DateTimeScalar, { description: "When it was scheduled." })
  createdAt!: string;

  @Field(() => ActorType, { description: "Who scheduled it." })
  createdBy!: ActorType;
}

export function toPublication(row: PublicationRow & { ended_at: string | null }): Publication {
  return {
    version: row.version,
    previousVersion: row.previous_version,
    environment: environmentOf(row.app, row.environment),
    publishedAt: row.published_at,
    publishedBy: { id: row.published_by },
    endedAt: row.ended_at,
    cause: row.cause,
    dueAt: row.due_at,
    note: row.note,
  };
}

export function toScheduledPublication(
  row: ScheduledPublicationRow,
): ScheduledPublication & { typename: "ScheduledPublication" } {
  return {
    typename: "ScheduledPublication",
    id: row.id,
    releaseKind: row.kind,
    releaseId: row.release_id,
    version: row.version,
    environment: environmentOf(row.app, row.environment),
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    status: row.status,
    reasons: row.reasons.map(({ message }) => message),
    note: row.note,
    createdAt: row.created_at,
    createdBy: { id: row.created_by },
  };
}
