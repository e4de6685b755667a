import { ArgsType, Field, InputType, registerEnumType } from "type-graphql";
import { PRODUCTION } from "../apps/app.events";
import { ListArguments, ListFilter } from "../listing/listing.graphql";

/** How releases stand in one environment. */
export const ReleaseStatus = {
  PUBLISHED: "PUBLISHED",
  UNPUBLISHED: "UNPUBLISHED",
  SCHEDULED: "SCHEDULED",
  SUSPENDED: "SUSPENDED",
  PREVIEWED: "PREVIEWED",
  NEVER_PUBLISHED: "NEVER_PUBLISHED",
  LATEST_UNPUBLISHED: "LATEST_UNPUBLISHED",
} as const;
export type ReleaseStatus = keyof typeof ReleaseStatus;

registerEnumType(ReleaseStatus, {
  name: "ReleaseStatus",
  description: "How a config or flag stands in an environment. Several may hold at once.",
  valuesConfig: {
    PUBLISHED: { description: "One of its versions is active." },
    UNPUBLISHED: { description: "None of its versions is active." },
    SCHEDULED: { description: "A scheduled publication of it is still to start or to end." },
    SUSPENDED: { description: "A scheduled publication of it was due, could not be applied, and waits." },
    PREVIEWED: { description: "One of its versions is given to test users alone." },
    NEVER_PUBLISHED: { description: "None of its versions ever was active." },
    LATEST_UNPUBLISHED: { description: "Its latest version never was active." },
  },
});

@InputType({
  description: "Which configs or flags a list shows: those that all of this fits. What is left out fits all.",
})
export class ReleaseFilter extends ListFilter {
  @Field(() => [ReleaseStatus], { nullable: true, description: "One of these holds in the environment." })
  statuses?: readonly ReleaseStatus[] | null;

  @Field(() => String, {
    defaultValue: PRODUCTION,
    description: "The environment that `statuses` are about.",
  })
  environment!: string;
}

@ArgsType()
export class ReleaseListArguments extends ListArguments {
  @Field(() => ReleaseFilter, { nullable: true, description: "Which ones; all if left out." })
  filter?: ReleaseFilter | null;
}
