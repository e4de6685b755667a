import { Field, Int, ObjectType, registerEnumType } from "type-graphql";
import type { PreviewRow } from "./preview.projection";
import type { PreviewEndCause } from "./release.events";
import { Environment, environmentOf } from "../apps/app.graphql";
import { ActorType } from "../graphql/actor.graphql";
import { Node } from "../graphql/node.graphql";
import { WarnedPayload } from "../graphql/payload.graphql";
import { DateTimeScalar } from "../graphql/scalars";

const PreviewEndCauseEnum: { readonly [Cause in PreviewEndCause]: Cause } = {
  BY_HAND: "BY_HAND",
  TIME_UP: "TIME_UP",
  REPLACED: "REPLACED",
  PUBLISHED: "PUBLISHED",
  ARCHIVED: "ARCHIVED",
};

registerEnumType(PreviewEndCauseEnum, {
  name: "PreviewEndCause",
  description: "Why a preview ended. The list may grow.",
  valuesConfig: {
    BY_HAND: { description: "Somebody ended it." },
    TIME_UP: { description: "Its time was up." },
    REPLACED: { description: "Another preview took its place in the same environment." },
    PUBLISHED: { description: "Its version became active there, for everybody." },
    ARCHIVED: { description: "The config or flag was archived." },
  },
});

/** What it is of, and whether it goes on, is declared by the resolver. */
@ObjectType("Preview", {
  implements: Node,
  simpleResolvers: true,
  description:
    "A version that the app's test users get in an environment while it is not active there, instead of everything that is published of the same config or flag.",
})
export class Preview extends Node {
  /** Of what is previewed: for the resolver that shows it. */
  releaseKind!: string;
  releaseId!: string;

  @Field(() => Int, { description: "The version that test users get." })
  version!: number;

  @Field(() => Environment, { description: "Where." })
  environment!: Environment;

  @Field(() => DateTimeScalar, { description: "From then on nobody gets it any more." })
  endsAt!: string;

  @Field(() => String, { description: "What its author wrote about it; may be empty." })
  note!: string;

  @Field(() => DateTimeScalar, { description: "When it was started." })
  startedAt!: string;

  @Field(() => ActorType, { description: "Who started it." })
  startedBy!: ActorType;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "When its end was recorded: if its time was up, at `endsAt` or soon after; null before.",
  })
  endedAt!: string | null;

  @Field(() => ActorType, { nullable: true, description: "Who ended it; null as long as nobody has." })
  endedBy!: ActorType | null;

  @Field(() => PreviewEndCauseEnum, {
    nullable: true,
    description: "Why it ended; null as long as it has not.",
  })
  endCause!: PreviewEndCause | null;
}

@ObjectType()
export abstract class PreviewPayload extends WarnedPayload {
  @Field(() => Preview, {
    nullable: true,
    description: "The preview as it is now; null if there are errors, or if a new one was only validated.",
  })
  preview!: Preview | null;
}

@ObjectType({ description: "What came of ending a preview." })
export class EndPreviewPayload extends PreviewPayload {}

export function toPreview(row: PreviewRow): Preview & { typename: "Preview" } {
  return {
    typename: "Preview",
    id: row.id,
    releaseKind: row.kind,
    releaseId: row.release_id,
    version: row.version,
    environment: environmentOf(row.app, row.environment),
    endsAt: row.ends_at,
    note: row.note,
    startedAt: row.started_at,
    startedBy: { id: row.started_by },
    endedAt: row.ended_at,
    endedBy: row.ended_by === null ? null : { id: row.ended_by },
    endCause: row.end_cause,
  };
}
