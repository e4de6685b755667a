import { Args, Ctx, Query, Resolver } from "type-graphql";
import { AppExport, ExportAppArguments } from "./definition.graphql";
import { exportApp, withUserIds } from "./exportApp";
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
}
