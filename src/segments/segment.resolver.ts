import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from "type-graphql";
import { conditionInWords } from "./conditionWords";
import { changeSegment, type SegmentOutcome } from "./changeSegment";
import { Segment } from "./segment.graphql";
import {
  ArchiveSegmentInput,
  CloneSegmentInput,
  CreateSegmentInput,
  EditSegmentInput,
  RestoreSegmentInput,
} from "./segment.inputs.graphql";
import { segmentsById, segmentUsersById, toSegment } from "./segment.nodes";
import {
  ArchiveSegmentPayload,
  CloneSegmentPayload,
  CreateSegmentPayload,
  EditSegmentPayload,
  RestoreSegmentPayload,
} from "./segment.payloads.graphql";
import { listSegments } from "./segment.queries";
import { App } from "../apps/app.graphql";
import { ListedUserConnection, listedUsers, type ListedUser } from "../audience/listedUser.graphql";
import { userListsIn } from "../evaluation/condition";
import { connectionOf, connectionType, PageArguments, type Connection } from "../graphql/connection";
import type { Context } from "../graphql/context";
import { appOfId } from "../graphql/execute";
import { load } from "../graphql/load";
import { NamedNode } from "../graphql/node.graphql";
import { ThingListArguments } from "../listing/listing.graphql";
import { positionIn } from "../listing/listing.queries";
import { listRequest } from "../listing/listRequest.graphql";

const SegmentConnection = connectionType(Segment, "Segment");

const INPUT = { description: "What to do, and with what." };

@Resolver(() => Segment)
export class SegmentResolver {
  @Query(() => Segment, {
    nullable: true,
    description: "The segment with this id, archived or not; null if there is none.",
  })
  async segment(
    @Arg("id", () => ID, { description: "The segment's id." }) id: string,
    @Ctx() context: Context,
  ): Promise<Segment | null> {
    return (await load(context, segmentsById, id)) ?? null;
  }

  @Mutation(() => CreateSegmentPayload, { description: "Creates a segment." })
  async createSegment(
    @Arg("input", () => CreateSegmentInput, INPUT)
    { app, commandId, validateOnly, ...data }: CreateSegmentInput,
    @Ctx() context: Context,
  ): Promise<SegmentOutcome> {
    const { name, condition } = data;
    const command = { type: "CreateSegment", data: { name, condition, ...describing(data) } } as const;
    return changeSegment(context, app, command, { commandId, validateOnly });
  }

  @Mutation(() => EditSegmentPayload, { description: "Changes a segment's name, condition or description." })
  async editSegment(
    @Arg("input", () => EditSegmentInput, INPUT)
    { segmentId: id, commandId, validateOnly, ...data }: EditSegmentInput,
    @Ctx() context: Context,
  ): Promise<SegmentOutcome> {
    const { condition, name } = data;
    const changes = { id, condition, name: name ?? undefined, ...describing(data) };
    return changeSegment(
      context,
      appOfId(id),
      { type: "EditSegment", data: changes },
      { commandId, validateOnly },
    );
  }

  @Mutation(() => CloneSegmentPayload, {
    description: "Creates a segment that is made of another one, with the same users unless told otherwise.",
  })
  async cloneSegment(
    @Arg("input", () => CloneSegmentInput, INPUT)
    { segmentId: id, commandId, validateOnly, ...data }: CloneSegmentInput,
    @Ctx() context: Context,
  ): Promise<SegmentOutcome> {
    const { condition, name } = data;
    const clone = { id, condition: condition ?? undefined, name, ...describing(data) };
    return changeSegment(
      context,
      appOfId(id),
      { type: "CloneSegment", data: clone },
      { commandId, validateOnly },
    );
  }

  @Mutation(() => ArchiveSegmentPayload, {
    description:
      "Puts a segment away. Refused with IN_USE while something uses it. Repeating it is harmless.",
  })
  async archiveSegment(
    @Arg("input", () => ArchiveSegmentInput, INPUT)
    { segmentId: id, note, ...options }: ArchiveSegmentInput,
    @Ctx() context: Context,
  ): Promise<SegmentOutcome> {
    const data = { id, note: note ?? undefined };
    return changeSegment(context, appOfId(id), { type: "ArchiveSegment", data }, options);
  }

  @Mutation(() => RestoreSegmentPayload, {
    description: "Takes an archived segment back. Repeating it is harmless.",
  })
  async restoreSegment(
    @Arg("input", () => RestoreSegmentInput, INPUT)
    { segmentId: id, note, commandId }: RestoreSegmentInput,
    @Ctx() context: Context,
  ): Promise<SegmentOutcome> {
    const data = { id, note: note ?? undefined };
    return changeSegment(context, appOfId(id), { type: "RestoreSegment", data }, { commandId });
  }

  @FieldResolver(() => Segment, {
    nullable: true,
    description: "The segment that it was cloned from; null if it was not cloned.",
  })
  async clonedFrom(@Root() { clonedFromId }: Segment, @Ctx() context: Context): Promise<Segment | null> {
    return clonedFromId === null ? null : ((await load(context, segmentsById, clonedFromId)) ?? null);
  }

  @FieldResolver(() => String, {
    description: "Its condition as a sentence for people; other segments are called by their present names.",
  })
  conditionInWords(@Root() { condition }: Segment, @Ctx() context: Context): Promise<string> {
    return conditionInWords(context, condition);
  }

  @FieldResolver(() => [NamedNode], {
    description: "Everything that uses it, and so keeps it from being archived.",
  })
  async usedBy(@Root() { id }: Segment, @Ctx() context: Context): Promise<readonly NamedNode[]> {
    return (await load(context, segmentUsersById, id)) ?? [];
  }

  @FieldResolver(() => ListedUserConnection, {
    description: "The users of a list in its condition, by id; none if the condition has no such list.",
  })
  async listedUsers(
    @Root() { app, condition }: Segment,
    @Args(() => PageArguments) page: PageArguments,
    @Arg("list", () => String, { description: "The `list` that stands under `$userIn`." }) list: string,
    @Ctx() { server }: Context,
  ): Promise<Connection<ListedUser>> {
    const named = userListsIn(condition).includes(list) ? list : "";
    return listedUsers(server.database, app, named, page);
  }
}

/** What the segments slice adds to `App`. */
@Resolver(() => App)
export class AppSegmentResolver {
  @FieldResolver(() => SegmentConnection, {
    description: "Its segments; by name, if no other order is asked for.",
  })
  async segments(
    @Root() { slug }: App,
    @Args(() => ThingListArguments) given: ThingListArguments,
    @Ctx() { server }: Context,
  ): Promise<Connection<Segment>> {
    const request = listRequest(given, given.filter);
    const page = await listSegments(server.database, slug, request, given.filter?.isUsed);
    return connectionOf(page, toSegment, (row) => positionIn(request.order, row, row.id));
  }
}

type Described = Readonly<{ description?: string | null; note?: string | null }>;

/** Null is as good as absent. */
function describing({ description, note }: Described) {
  return { description: description ?? undefined, note: note ?? undefined };
}
