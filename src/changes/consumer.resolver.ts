import { Arg, Args, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from "type-graphql";
import { AppUnknown } from "./changeFeed";
import { startIn } from "./changesRequest.graphql";
import {
  AckChangesInput,
  AckChangesPayload,
  Consumer,
  CreateConsumerInput,
  CreateConsumerPayload,
  DeleteConsumerInput,
  DeleteConsumerPayload,
  ResetConsumerInput,
  ResetConsumerPayload,
} from "./consumer.graphql";
import { consumerFaults, leaseLost, noSuchConsumer } from "./consumers.policy";
import {
  acknowledge,
  acknowledgeWithoutLease,
  deleteConsumer,
  findConsumers,
  insertConsumer,
  resetPartitions,
  type ConsumerRow,
} from "./consumers.queries";
import { readLease } from "./lease";
import { connectionOf, connectionType, PageArguments, pageRequest } from "../graphql/connection";
import type { Connection } from "../graphql/connection";
import type { Context, Server } from "../graphql/context";
import { userErrors } from "../graphql/execute";
import { noSuchApp } from "../graphql/notThere";
import type { Refusal } from "../lib/refusal";

const ConsumerConnection = connectionType(Consumer, "Consumer");
const INPUT = { description: "What to do, and with what." };
const APP = { description: "The app's slug." };

@Resolver(() => Consumer)
export class ConsumerResolver {
  @Query(() => ConsumerConnection, { description: "The consumers of an app's feed, by name." })
  async consumers(
    @Arg("app", () => String, APP) app: string,
    @Args(() => PageArguments) page: PageArguments,
    @Ctx() { server }: Context,
  ): Promise<Connection<Consumer>> {
    const { limit, after } = pageRequest(page, ["text"]);
    await knownApp(server, app);
    const all = await findConsumers(server.database, app, null);
    const behind = after ? all.filter(({ name }) => name > String(after[0])) : all;
    const rows = behind.slice(0, limit);
    const shown = { rows, hasNextPage: behind.length > limit, totalCount: all.length };
    return connectionOf(
      shown,
      (row) => toConsumer(server, row),
      ({ name }) => [name],
    );
  }

  @Query(() => Consumer, { nullable: true, description: "A consumer of an app's feed, and where it stands." })
  async consumer(
    @Arg("app", () => String, APP) app: string,
    @Arg("name", () => String, { description: "The consumer's name." }) name: string,
    @Ctx() { server }: Context,
  ): Promise<Consumer | null> {
    await knownApp(server, app);
    return consumerOf(server, app, name);
  }

  @Mutation(() => CreateConsumerPayload, {
    description: "Makes a consumer whose cursor the server keeps. Follow `changes` with its name.",
  })
  async createConsumer(
    @Arg("input", () => CreateConsumerInput, INPUT) input: CreateConsumerInput,
    @Ctx() context: Context,
  ): Promise<CreateConsumerPayload> {
    const { server } = context;
    const { app, name, partitions } = input;
    const revision = await placeIn(server, input);
    const faults = consumerFaults({ name, partitions });
    const refusal =
      faults.length > 0 ? null : await insertConsumer(server.database, { app, name, partitions, revision });
    return changed(context, input, refusal ? [refusal] : faults);
  }

  @Mutation(() => ResetConsumerPayload, {
    description:
      "Sets a consumer back or ahead, in all its partitions. Whoever works for it loses the lease and starts from there.",
  })
  async resetConsumer(
    @Arg("input", () => ResetConsumerInput, INPUT) input: ResetConsumerInput,
    @Ctx() context: Context,
  ): Promise<ResetConsumerPayload> {
    const { app, name } = input;
    const revision = await placeIn(context.server, input);
    const isReset = await resetPartitions(context.server.database, { app, name, revision });
    return changed(context, input, isReset ? [] : [noSuchConsumer(name)]);
  }

  @Mutation(() => DeleteConsumerPayload, {
    description: "Forgets a consumer and its cursor. Whoever works for it loses the lease.",
  })
  async deleteConsumer(
    @Arg("input", () => DeleteConsumerInput, INPUT) { app, name }: DeleteConsumerInput,
    @Ctx() context: Context,
  ): Promise<DeleteConsumerPayload> {
    await knownApp(context.server, app);
    const isDeleted = await deleteConsumer(context.server.database, { app, name });
    return { errors: await userErrors(context, isDeleted ? [] : [noSuchConsumer(name)]) };
  }

  @Mutation(() => AckChangesPayload, {
    description:
      "Acknowledges everything up to an item, so that it is not sent again. Counts only under the lease that the item came with, or without one while no instance works for the consumer; never goes back. Repeating it is harmless.",
  })
  async ackChanges(
    @Arg("input", () => AckChangesInput, INPUT) input: AckChangesInput,
    @Ctx() context: Context,
  ): Promise<AckChangesPayload> {
    const { app, consumer } = input;
    const revision = await placeIn(context.server, { app, after: input.cursor });
    const refusal = await acknowledged(context.server, input, revision);
    return { of: { app, consumer }, errors: await userErrors(context, refusal ? [refusal] : []) };
  }
}

@Resolver(() => AckChangesPayload)
export class AckChangesPayloadResolver {
  @FieldResolver(() => Consumer, {
    nullable: true,
    description: "The consumer where it stands now; null if there is none of this name, or it is not yours.",
  })
  async consumer(@Root() { of }: AckChangesPayload, @Ctx() { server }: Context): Promise<Consumer | null> {
    return of ? consumerOf(server, of.app, of.consumer) : null;
  }
}

async function acknowledged(
  { database }: Server,
  { app, consumer: name, lease }: AckChangesInput,
  revision: number,
): Promise<Refusal | null> {
  if (lease === undefined || lease === null)
    return acknowledgeWithoutLease(database, { app, name, revision });
  const held = readLease(lease);
  return held ? acknowledge(database, { app, name, ...held, revision }) : leaseLost;
}

type Place = Parameters<typeof startIn>[0] & Readonly<{ app: string }>;

/** The revision behind which a start is. @throws for an app that is not there, and a cursor that is not known. */
async function placeIn({ changes }: Server, place: Place): Promise<number> {
  try {
    return await changes.place(place.app, startIn(place));
  } catch (error) {
    throw error instanceof AppUnknown ? noSuchApp(error.app, "app") : error;
  }
}

const knownApp = (server: Server, app: string): Promise<number> => placeIn(server, { app });

async function changed(context: Context, { app, name }: { app: string; name: string }, reasons: Refusal[]) {
  const consumer = reasons.length > 0 ? null : await consumerOf(context.server, app, name);
  return { consumer, errors: await userErrors(context, reasons) };
}

async function consumerOf(server: Server, app: string, name: string): Promise<Consumer | null> {
  const [row] = await findConsumers(server.database, app, name);
  return row ? toConsumer(server, row) : null;
}

function toConsumer(
  { changes }: Server,
  { app, name, created_at, is_of_other_log, partitions }: ConsumerRow,
): Consumer {
  const shown = partitions.map(
    ({ number, revision, acknowledged_at, lag, lag_seconds, holder, leased_until }) => ({
      ...{ number, holder, acknowledgedAt: acknowledged_at, leasedUntil: leased_until },
      ...{ lagEvents: lag, lagSeconds: Math.max(0, lag_seconds), cursor: changes.cursorAt(app, revision) },
    }),
  );
  const revision = Math.min(...partitions.map((partition) => partition.revision));
  const lag = Math.max(...partitions.map((partition) => partition.lag));
  const cursor = changes.cursorAt(app, revision);
  return { name, createdAt: created_at, cursor, lag, isOfOtherLog: is_of_other_log, partitions: shown };
}
