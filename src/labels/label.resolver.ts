import { Arg, Ctx, Mutation, Resolver } from "type-graphql";
import { SetLabelsPayload, type Labelled } from "./label.graphql";
import { SetLabelsInput } from "./label.inputs.graphql";
import type { Context } from "../graphql/context";
import { appOfId, execute, withoutApp } from "../graphql/execute";
import { parseId } from "../lib/ids";

@Resolver()
export class LabelResolver {
  @Mutation(() => SetLabelsPayload, {
    description: "Sets tags, owner and removal date of one thing, whatever it is. Repeating it is harmless.",
  })
  async setLabels(
    @Arg("input", () => SetLabelsInput, { description: "What to do, and with what." })
    { id, tags, owner, removeBy, note, commandId }: SetLabelsInput,
    @Ctx() context: Context,
  ): Promise<SetLabelsPayload> {
    const { kind, idInApp } = nameOf(context, id);
    const labels = { tags: tags ?? undefined, owner, removeBy };
    const data = { kind, id: idInApp, ...labels, note: note ?? undefined };
    const executed = await execute(context, appOfId(id), { type: "SetLabels", data }, { commandId });
    if (!executed.isDone) {
      return { thing: null, errors: withoutApp(executed.errors, { noun: "thing", field: "id" }) };
    }
    return { thing: await findThing(context, kind, id), errors: [] };
  }
}

/** What kind of thing has the id, and what its app knows it by. */
function nameOf({ server }: Context, id: string): Readonly<{ kind: string; idInApp: string }> {
  const parsed = parseId(id);
  const type = [...server.nodes.values()].find(({ idPrefix }) => idPrefix === parsed?.prefix);
  const kind = type?.typename ?? "";
  return { kind, idInApp: kind === "Key" && parsed ? parsed.rest : id };
}

async function findThing({ server }: Context, kind: string, id: string): Promise<Labelled | null> {
  const [node] = (await server.nodes.get(kind)?.findMany(server.database, [id])) ?? [];
  // What was labelled has labels, and the interface finds the type by `typename`.
  return node ? ({ ...node, typename: kind } as unknown as Labelled) : null;
}
