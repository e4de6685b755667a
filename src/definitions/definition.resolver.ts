import { Arg, Args, Ctx, Mutation, Query, Resolver } from "type-graphql";
import { AppExport, ExportAppArguments, ImportAppInput, ImportAppPayload } from "./definition.graphql";
import { exportApp, withUserIds } from "./exportApp";
import { importApp } from "./importApp";
import type { Context } from "../graphql/context";
import { noSuchApp } from "../graphql/notThere";

@Resolver()
export class DefinitionResolver {
  @Query(() => AppExport, {
    description: "The whole definition of an app as one document that is made for version control.",
  })
  async exportApp(
    @Args(() => ExportAppArguments) { app, includesUserIds }: ExportAppArguments,
    @Ctx() { server: { apps, database } }: Context,
  ): Promise<AppExport> {
    const exported = await exportApp(apps, app);
    if (!exported) throw noSuchApp(app, "app");
    const { definition, revision } = exported;
    const shown = includesUserIds ? await withUserIds(database, app, definition) : definition;
    return { definition: shown, revision };
  }

  @Mutation(() => ImportAppPayload, {
    description:
      "Makes an app what a definition says: all of it, or nothing. Publishes nothing; what it archives is unpublished. With `validateOnly` it says what would change.",
  })
  importApp(
    @Arg("input", () => ImportAppInput, { description: "Which app, and what it is to be." })
    { note, expectedRevision, ...input }: ImportAppInput,
    @Ctx() context: Context,
  ): Promise<ImportAppPayload> {
    const given = { note: note ?? undefined, expectedRevision: expectedRevision ?? undefined };
    return importApp(context, { ...input, ...given });
  }
}
