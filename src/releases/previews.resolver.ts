import { Arg, Args, Ctx, FieldResolver, Mutation, Resolver, Root, type ClassType } from "type-graphql";
import { previewRelease } from "./changeRelease";
import { toPreview, type Preview, type PreviewPayload } from "./preview.graphql";
import { PREVIEW_DAYS_MAX } from "./preview.policy";
import { PreviewConnection } from "./preview.resolver";
import type { ReleaseType } from "./release.graphql";
import type { PreviewInput } from "./release.inputs.graphql";
import { loadHistoryPage, previewPages } from "./release.loaders";
import { idIn } from "./releaseInputs.graphql";
import type { KnownRelease } from "../apps/uses.policy";
import { connectionOf, PageArguments, type Connection } from "../graphql/connection";
import type { Context } from "../graphql/context";

export type PreviewsOptions = Readonly<{
  kind: KnownRelease["kind"];
  release: ClassType<ReleaseType>;
  input: ClassType<PreviewInput>;
  payload: ClassType<PreviewPayload>;
}>;

/** Declares how a kind of release is previewed, and what it shows of that. */
export function previewsResolver({ kind, release, input: Input, payload }: PreviewsOptions) {
  @Resolver(() => release)
  class PreviewsResolver {
    @Mutation(() => payload, {
      name: `preview${kind}`,
      description: `Gives a version to the app's test users alone, in an environment where it is not active, for at most ${PREVIEW_DAYS_MAX} days. Everybody else gets what is published. Another preview there makes way for it.`,
    })
    preview(
      @Arg("input", () => Input, { description: "What to preview where, and until when." })
      input: PreviewInput,
      @Ctx() context: Context,
    ): Promise<PreviewPayload> {
      const { version, environment, endsAt, note } = input;
      const data = { id: idIn(kind, input), version, environment, endsAt, note: note ?? undefined };
      return previewRelease(context, { type: `Preview${kind}`, data }, input);
    }

    @FieldResolver(() => PreviewConnection, {
      description: "Everything that is and was previewed, the newest first.",
    })
    async previews(
      @Root() { row }: ReleaseType,
      @Args(() => PageArguments) page: PageArguments,
      @Ctx() context: Context,
    ): Promise<Connection<Preview>> {
      const found = await loadHistoryPage(context, previewPages, row, page);
      return connectionOf(found, toPreview, ({ revision }) => [revision]);
    }
  }
  return PreviewsResolver;
}
