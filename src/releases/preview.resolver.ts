import { Arg, Args, Ctx, FieldResolver, Mutation, Resolver, Root } from "type-graphql";
import { EndPreviewPayload, Preview, toPreview } from "./preview.graphql";
import { findOpenPreviews, findPreviews } from "./preview.queries";
import { EndPreviewInput } from "./release.inputs.graphql";
import { App } from "../apps/app.graphql";
import { connectionOf, connectionType, PageArguments, pageRequest } from "../graphql/connection";
import type { Connection } from "../graphql/connection";
import type { Context } from "../graphql/context";
import { appOfId, execute } from "../graphql/execute";
import { NamedNode } from "../graphql/node.graphql";
import { nodeOf } from "../graphql/nodeOf";
import { invariant } from "../lib/invariant";

export const PreviewConnection = connectionType(Preview, "Preview");

@Resolver(() => Preview)
export class PreviewResolver {
  @FieldResolver(() => NamedNode, { description: "The config or flag that is previewed." })
  async release(@Root() { releaseKind, releaseId }: Preview, @Ctx() context: Context): Promise<NamedNode> {
    const release = await nodeOf<NamedNode>(context, releaseKind, releaseId);
    invariant(release, `"${releaseId}" is a ${releaseKind}`);
    return release;
  }

  @FieldResolver(() => Boolean, { description: "Whether test users get it now." })
  isRunning(@Root() { endedAt, endsAt }: Preview, @Ctx() { server }: Context): boolean {
    return endedAt === null && Date.parse(endsAt) > server.now().getTime();
  }

  @Mutation(() => EndPreviewPayload, {
    description: "Ends a preview at once: test users get what everybody gets.",
  })
  async endPreview(
    @Arg("input", () => EndPreviewInput, { description: "What to end." }) input: EndPreviewInput,
    @Ctx() context: Context,
  ): Promise<EndPreviewPayload> {
    const { id: previewId, note } = input;
    const data = { previewId, note: note ?? undefined };
    const executed = await execute(context, appOfId(previewId), { type: "EndPreview", data }, input);
    const { isDone, errors, warnings } = executed;
    if (!isDone) return { preview: null, errors, warnings };
    const [row] = await findPreviews(context.server.database, [previewId]);
    return { preview: row ? toPreview(row) : null, errors, warnings };
  }
}

@Resolver(() => App)
export class AppPreviewsResolver {
  @FieldResolver(() => PreviewConnection, {
    description: "Everything that test users get now before others, the newest first.",
  })
  async previews(
    @Root() { slug }: App,
    @Args(() => PageArguments) page: PageArguments,
    @Ctx() { server }: Context,
  ): Promise<Connection<Preview>> {
    const at = server.now().toISOString();
    const found = await findOpenPreviews(server.database, slug, at, pageRequest(page, ["integer"]));
    return connectionOf(found, toPreview, ({ revision }) => [revision]);
  }
}
