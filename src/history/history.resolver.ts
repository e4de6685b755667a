import { Args, Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import { historyOf } from "./entityHistory";
import { changeEvent } from "../changes/changeItem";
import { ChangeEventType } from "../changes/changes.graphql";
import { toEvent } from "../changes/changesRequest.graphql";
import { Config } from "../configs/config.graphql";
import {
  connectionOf,
  connectionType,
  PageArguments,
  pageRequest,
  type Connection,
} from "../graphql/connection";
import type { Context } from "../graphql/context";
import { Key } from "../keys/key.graphql";
import { invariant } from "../lib/invariant";
import { parseId } from "../lib/ids";
import { Segment } from "../segments/segment.graphql";

const ChangeEventConnection = connectionType(ChangeEventType, "ChangeEvent");
const DESCRIPTION = "Everything that ever happened to it, the newest first, with it before and after.";

/** What history adds to the things that people change. */
@Resolver(() => Key)
export class KeyHistoryResolver {
  @FieldResolver(() => ChangeEventConnection, { description: DESCRIPTION })
  history(@Root() { id }: Key, @Args(() => PageArguments) page: PageArguments, @Ctx() context: Context) {
    return history(context, "Key", id, page);
  }
}

@Resolver(() => Segment)
export class SegmentHistoryResolver {
  @FieldResolver(() => ChangeEventConnection, { description: DESCRIPTION })
  history(@Root() { id }: Segment, @Args(() => PageArguments) page: PageArguments, @Ctx() context: Context) {
    return history(context, "Segment", id, page);
  }
}

@Resolver(() => Config)
export class ConfigHistoryResolver {
  @FieldResolver(() => ChangeEventConnection, { description: DESCRIPTION })
  history(@Root() { id }: Config, @Args(() => PageArguments) page: PageArguments, @Ctx() context: Context) {
    return history(context, "Config", id, page);
  }
}

async function history(
  { server }: Context,
  kind: string,
  id: string,
  page: PageArguments,
): Promise<Connection<ChangeEventType>> {
  const parsed = parseId(id);
  invariant(parsed, `${id} names an app`);
  const changes = await historyOf(server.database, parsed.app, kind, id, pageRequest(page, ["integer"]));
  return connectionOf(
    changes,
    (row) => toEvent(changeEvent(row)),
    ({ revision }) => [revision],
  );
}
