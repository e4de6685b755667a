import { Field, Float, ID, Int, ObjectType } from "type-graphql";
import type { ReleaseRow, VersionHeadRow } from "./release.tables";
import { Environment, environmentOf } from "../apps/app.graphql";
import { ActorType } from "../graphql/actor.graphql";
import { Labelled } from "../labels/label.graphql";
import { labelsOfRow } from "../labels/labels.policy";
import { DateTimeScalar } from "../graphql/scalars";
import { Difference } from "../history/difference.graphql";

/** What every kind of release shows. Versions and publications are declared by the resolvers that find them. */
@ObjectType()
export abstract class ReleaseType extends Labelled {
  /** For the resolvers of its relations. */
  row!: ReleaseRow;

  @Field(() => String, { description: "What it is for; may be empty." })
  description!: string;

  @Field(() => Boolean, {
    description: "Whether it was put away: then it gives no values and holds no keys. It can be restored.",
  })
  isArchived!: boolean;

  @Field(() => DateTimeScalar, { description: "When it was created." })
  createdAt!: string;

  @Field(() => ActorType, { description: "Who created it." })
  createdBy!: ActorType;

  @Field(() => DateTimeScalar, { description: "When anything about it changed last." })
  updatedAt!: string;

  @Field(() => ActorType, { description: "Who did that: a person, or the scheduler." })
  updatedBy!: ActorType;
}

/** What every version shows. Its kind adds the rules, which are looked up when they are asked for. */
@ObjectType()
export abstract class VersionType {
  /** For the resolvers of its relations. */
  app!: string;
  releaseId!: string;

  @Field(() => Int, { description: "Counts from 1 in each config or flag." })
  number!: number;

  @Field(() => String, { description: "What it was called when this version was saved." })
  name!: string;

  @Field(() => String, { description: "How it was described when this version was saved." })
  description!: string;

  @Field(() => String, { description: "What its author wrote about it; may be empty." })
  note!: string;

  @Field(() => ActorType, { description: "Who saved it." })
  author!: ActorType;

  @Field(() => DateTimeScalar, { description: "When it was saved." })
  createdAt!: string;

  @Field(() => [Environment], { description: "Where users get values from it now." })
  activeIn!: readonly Environment[];
}

/** What every rule says, whatever it gives. Its segment is declared by the resolvers that know segments. */
@ObjectType()
export abstract class RuleType {
  @Field(() => ID, {
    description: "Lives on through edits that name it. Percentages stay with it: nobody moves.",
  })
  id!: string;

  /** For the resolver that shows the segment. */
  segmentId!: string | null;

  @Field(() => Float, {
    description:
      "The share of those users, 0 to 100 with at most two decimals. The others fall to the next rule.",
  })
  percentage!: number;

  @Field(() => String, {
    nullable: true,
    description: "The property whose value decides who is in the percentage; null: the user's id.",
  })
  bucketBy!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The property that stands in for users without the first one; null: those are in no percentage.",
  })
  bucketByFallback!: string | null;
}

@ObjectType({ simpleResolvers: true, description: "What is different between two versions." })
export class VersionDiff {
  @Field(() => Int, { description: "The version before." })
  from!: number;

  @Field(() => Int, { description: "The version after." })
  to!: number;

  @Field(() => [Difference], { description: "Every difference; empty if both hold the same." })
  changes!: readonly Difference[];
}

/** What all kinds of releases show of a row. */
export function releaseFields(row: ReleaseRow): ReleaseType {
  return {
    row,
    id: row.id,
    name: row.name,
    description: row.description,
    isArchived: row.is_archived,
    ...labelsOfRow(row),
    createdAt: row.created_at,
    createdBy: { id: row.created_by },
    updatedAt: row.updated_at,
    updatedBy: { id: row.updated_by },
  };
}

/** What all versions show of a row; the release's row says where it is active. */
export function versionFields(row: VersionHeadRow, { active }: ReleaseRow): VersionType {
  const { app, release_id: releaseId, version: number, name, description, note } = row;
  const activeIn = Object.entries(active)
    .filter(([, { version }]) => version === number)
    .map(([environment]) => environmentOf(app, environment));
  const saved = { author: { id: row.created_by }, createdAt: row.created_at };
  return { app, releaseId, number, name, description, note, ...saved, activeIn };
}
