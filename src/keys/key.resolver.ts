import { Arg, Args, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from "type-graphql";
import type { KeyCommand } from "./key.decider";
import { Key } from "./key.graphql";
import { ArchiveKeyInput, CreateKeyInput, EditKeyInput, RestoreKeyInput } from "./key.inputs.graphql";
import { keysById, keyUsersById, toKey } from "./key.nodes";
import {
  ArchiveKeyPayload,
  CreateKeyPayload,
  EditKeyPayload,
  RestoreKeyPayload,
} from "./key.payloads.graphql";
import { KEY_ID_PREFIX } from "./key.projection";
import { KeyListArguments } from "./keyList.graphql";
import { listKeys } from "./key.queries";
import { App } from "../apps/app.graphql";
import { connectionOf, connectionType, type Connection } from "../graphql/connection";
import type { Context } from "../graphql/context";
import { execute, type CommandOptions } from "../graphql/execute";
import { load } from "../graphql/load";
import { NamedNode } from "../graphql/node.graphql";
import { positionIn } from "../listing/listing.queries";
import { listRequest } from "../listing/listRequest.graphql";
import type { UserError } from "../graphql/userError";
import { makeId } from "../lib/ids";

const KeyConnection = connectionType(Key, "Key");

const INPUT = { description: "What to do, and with what." };

@Resolver(() => Key)
export class KeyResolver {
  @Query(() => Key, {
    nullable: true,
    description: "The app's key of this name, archived or not; null if there is none.",
  })
  async key(
    @Arg("app", () => String, { description: "The app's slug." }) app: string,
    @Arg("name", () => String, { description: "The key's name." }) name: string,
    @Ctx() context: Context,
  ): Promise<Key | null> {
    return (await load(context, keysById, makeId(KEY_ID_PREFIX, app, name))) ?? null;
  }

  @Mutation(() => CreateKeyPayload, { description: "Creates a key." })
  async createKey(
    @Arg("input", () => CreateKeyInput, INPUT) { app, commandId, ...data }: CreateKeyInput,
    @Ctx() context: Context,
  ): Promise<CreateKeyPayload> {
    return run(context, app, { type: "CreateKey", data: { ...data, ...given(data) } }, { commandId });
  }

  @Mutation(() => EditKeyPayload, {
    description: "Changes a key's default value, description, schema or visibility.",
  })
  async editKey(
    @Arg("input", () => EditKeyInput, INPUT) { app, commandId, validateOnly, ...data }: EditKeyInput,
    @Ctx() context: Context,
  ): Promise<EditKeyPayload> {
    return run(
      context,
      app,
      { type: "EditKey", data: { ...data, ...given(data) } },
      { commandId, validateOnly },
    );
  }

  @Mutation(() => ArchiveKeyPayload, {
    description: "Puts a key away. Refused with IN_USE while something uses it. Repeating it is harmless.",
  })
  async archiveKey(
    @Arg("input", () => ArchiveKeyInput, INPUT) { app, name, note, ...options }: ArchiveKeyInput,
    @Ctx() context: Context,
  ): Promise<ArchiveKeyPayload> {
    return run(context, app, { type: "ArchiveKey", data: { name, note: note ?? undefined } }, options);
  }

  @Mutation(() => RestoreKeyPayload, { description: "Takes an archived key back. Repeating it is harmless." })
  async restoreKey(
    @Arg("input", () => RestoreKeyInput, INPUT) { app, name, note, commandId }: RestoreKeyInput,
    @Ctx() context: Context,
  ): Promise<RestoreKeyPayload> {
    const data = { name, note: note ?? undefined };
    return run(context, app, { type: "RestoreKey", data }, { commandId });
  }

  @FieldResolver(() => [NamedNode], {
    description: "Everything that uses it, and so keeps it from being archived.",
  })
  async usedBy(@Root() { id }: Key, @Ctx() context: Context): Promise<readonly NamedNode[]> {
    return (await load(context, keyUsersById, id)) ?? [];
  }
}

/** What the keys slice adds to `App`. */
@Resolver(() => App)
export class AppKeyResolver {
  @FieldResolver(() => KeyConnection, { description: "Its keys; by name, if no other order is asked for." })
  async keys(
    @Root() { slug }: App,
    @Args(() => KeyListArguments) given: KeyListArguments,
    @Ctx() { server }: Context,
  ): Promise<Connection<Key>> {
    const request = listRequest(given, given.filter);
    const page = await listKeys(server.database, slug, request, given.filter ?? {});
    return connectionOf(page, toKey, (row) => positionIn(request.order, row, row.name));
  }
}

type Given = Pick<CreateKeyInput, "description" | "isVisibleToClients" | "note">;

/** Null is as good as absent. */
function given({ description, isVisibleToClients, note }: Given) {
  return {
    description: description ?? undefined,
    isVisibleToClients: isVisibleToClients ?? undefined,
    note: note ?? undefined,
  };
}

async function run(
  context: Context,
  app: string,
  command: KeyCommand,
  options: CommandOptions,
): Promise<{ key: Key | null; errors: readonly UserError[] }> {
  const { isDone, errors } = await execute(context, app, command, options);
  if (!isDone) return { key: null, errors };
  const key = await load(context, keysById, makeId(KEY_ID_PREFIX, app, command.data.name));
  return { key: key ?? null, errors };
}
