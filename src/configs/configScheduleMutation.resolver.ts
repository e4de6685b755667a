import { Arg, Authorized, Ctx, Mutation, Resolver } from "type-graphql";
import {
  CancelScheduledPublicationInput,
  RescheduleScheduledPublicationInput,
  ScheduleConfigInput,
} from "./config.inputs.graphql";
import {
  CancelScheduledPublicationPayload,
  RescheduleScheduledPublicationPayload,
  ScheduleConfigPayload,
} from "./config.payloads.graphql";
import type { Context } from "../graphql/context";
import { appOfId, execute, type Executed } from "../graphql/execute";
import { toScheduledPublication } from "../releases/publication.graphql";
import { findScheduledPublications } from "../releases/publication.queries";

@Resolver()
export class ConfigScheduleMutationResolver {
  @Authorized("PUBLISH")
  @Mutation(() => ScheduleConfigPayload, {
    description:
      "Makes a version active at a time to come, perhaps until another time. If it cannot be done then, it is suspended and says why.",
  })
  async scheduleConfig(
    @Arg("input", () => ScheduleConfigInput, { description: "What to publish where, and when." })
    input: ScheduleConfigInput,
    @Ctx() context: Context,
  ): Promise<ScheduleConfigPayload> {
    const { configId: id, version, environment, startsAt, endsAt, note } = input;
    const data = { id, version, environment, startsAt, endsAt, note: note ?? undefined };
    const executed = await execute(context, appOfId(id), { type: "ScheduleConfig", data }, input);
    const scheduleId = executed.isDone && input.validateOnly !== true ? executed.newId("schedule") : null;
    return payload(context, executed, scheduleId);
  }

  @Authorized("PUBLISH")
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
    const command = { type: "RescheduleConfig", data } as const;
    return payload(context, await execute(context, appOfId(scheduleId), command, input), scheduleId);
  }

  @Authorized("PUBLISH")
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
    return payload(context, await execute(context, appOfId(scheduleId), command, input), scheduleId);
  }
}

async function payload(
  { server }: Context,
  executed: Executed,
  scheduleId: string | null,
): Promise<ScheduleConfigPayload> {
  if (!executed.isDone || scheduleId === null) return { scheduledPublication: null, errors: executed.errors };
  const [row] = await findScheduledPublications(server.database, [scheduleId]);
  return { scheduledPublication: row ? toScheduledPublication(row) : null, errors: [] };
}
