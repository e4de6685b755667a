import { Arg, Args, Ctx, Mutation, Query, Resolver } from "type-graphql";
import {
  AppExport,
  CopyAppInput,
  CopyAppPayload,
  ExportAppArguments,
  ImportAppInput,
  ImportAppPayload,
} from "./definition.graphql";
import { exportApp, withUserIds } from "./exportApp";
import { importApp } from "./importApp";
import { createdApp } from "../apps/createdApp";
import { createApp } from "../apps/createApp";
import type { Context } from "../graphql/context";
import { envelopeOf, userErrors } from "../graphql/execute";
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

  @Mutation(() => CopyAppPayload, {
    description:
      "Creates an app with the environments, keys, segments, goals and settings of another one, and the latest versions of its configs and flags as their first. The same users stay in the same percentages. Nothing is published in it yet.",
  })
  async copyApp(
    @Arg("input", () => CopyAppInput, { description: "Which app to copy, and what the new one is called." })
    { from, slug, name, note, ...options }: CopyAppInput,
    @Ctx() context: Context,
  ): Promise<CopyAppPayload> {
    const { server } = context;
    const data = { slug, name, note: note ?? undefined, copiedFrom: from };
    // Whoever may create apps is of all apps, and may read every one of them.
    const outcome = await createApp(server, data, envelopeOf(context, null, options));
    if (outcome.outcome === "refused") {
      return { app: null, errors: await userErrors(context, outcome.reasons) };
    }
    if (options.validateOnly === true) return { app: null, errors: [] };
    return { app: await createdApp(context, slug, outcome), errors: [] };
  }
}
