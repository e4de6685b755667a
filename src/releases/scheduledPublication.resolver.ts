import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from "type-graphql";
import { scheduledPublication } from "./changeRelease";
import { ScheduledPublication } from "./publication.graphql";
import {
  CancelScheduledPublicationInput,
  RescheduleScheduledPublicationInput,
} from "./release.inputs.graphql";
import {
  CancelScheduledPublicationPayload,
  RescheduleScheduledPublicationPayload,
} from "./release.payloads.graphql";
import type { Context } from "../graphql/context";
import { appOfId, execute } from "../graphql/execute";
import { NamedNode } from "../graphql/node.graphql";
import { nodeOf } from "../graphql/nodeOf";
import { invariant } from "../lib/invariant";

@Resolver(() => ScheduledPublication)
export class ScheduledPublicationResolver {
  @FieldResolver(() => NamedNode, { description: "The config or flag that is published." })
  async release(
    @Root() { releaseKind, releaseId }: ScheduledPublication,
    @Ctx() context: Context,
  ): Promise<NamedNode> {
    const release = await nodeOf<NamedNode>(context, releaseKind, releaseId);
    invariant(release, `"${releaseId}" is a ${releaseKind}`);
    return release;
  }

  @Mutation(() => RescheduleScheduledPublicationPayload, {
    description:
      "Gives a scheduled publication other times. A suspended one is checked again, and waits again.",
  })
  async rescheduleScheduledPublication(
    @Arg("input", () => RescheduleScheduledPublicationInput, { description: "The new times." })
    input: RescheduleScheduledPublicationInput,
    @Ctx() context: Context,
  ): Promise<RescheduleScheduledPublicationPayload> {
    const { id: scheduleId, startsAt, endsAt, note } = input;
    const data = { scheduleId, startsAt: startsAt ?? undefined, endsAt, note: note ?? undefined };
    const command = { type: "RescheduleScheduledPublication", data } as const;
    const executed = await execute(context, appOfId(scheduleId), command, input);
    return scheduledPublication(context, executed, scheduleId);
  }

  @Mutation(() => CancelScheduledPublicationPayload, {
    description:
      "Calls a scheduled publication off. Once it has started, its version stays active and the end will not happen.",
  })
  async cancelScheduledPublication(
    @Arg("input", () => CancelScheduledPublicationInput, { description: "What to call off." })
    input: CancelScheduledPublicationInput,
    @Ctx() context: Context,
  ): Promise<CancelScheduledPublicationPayload> {
    const { id: scheduleId, note } = input;
    const data = { scheduleId, note: note ?? undefined };
    const command = { type: "CancelScheduledPublication", data } as const;
    const executed = await execute(context, appOfId(scheduleId), command, input);
    return scheduledPublication(context, executed, scheduleId);
  }
}
