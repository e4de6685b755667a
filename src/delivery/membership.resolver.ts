import { Arg, Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import { SegmentMembership } from "./delivery.graphql";
import { knownUser } from "./knownUser";
import { rulesetOf } from "./rulesetOf.graphql";
import { UserInput, userOf } from "./userInput.graphql";
import { PRODUCTION } from "../apps/app.events";
import { explainMembership } from "../evaluation/explain";
import { segmentNeeds } from "../evaluation/needs";
import type { Context } from "../graphql/context";
import { appOfId } from "../graphql/execute";
import { Segment } from "../segments/segment.graphql";

/** Who is in a segment now. */
@Resolver(() => Segment)
export class MembershipResolver {
  @FieldResolver(() => SegmentMembership, {
    nullable: true,
    description: "Whether a user is in the segment now, and why; null if it is archived.",
  })
  async membership(
    @Root() { id }: Segment,
    @Arg("user", () => UserInput, { description: "Whom to look at." }) input: UserInput,
    @Arg("environment", () => String, { defaultValue: PRODUCTION, description: "The environment's name." })
    environment: string,
    @Ctx() { server }: Context,
  ): Promise<SegmentMembership | null> {
    const given = userOf(input);
    const asked = await rulesetOf(server, { app: appOfId(id), environment });
    const { source } = asked.ruleset;
    if (!source.segments.some((segment) => segment.id === id)) return null;
    const { user, isStored } = await knownUser(server, asked, given, segmentNeeds(source, [id]));
    const { isMember, because } = explainMembership(asked.ruleset, id, user, asked.nowMs);
    return { isMember, because, hasStoredUser: isStored };
  }
}
