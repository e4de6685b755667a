import { ArgsType, Field, Int, ObjectType } from "type-graphql";
import { JsonObjectScalar } from "../graphql/scalars";
import type { JsonObject } from "../lib/json";

@ArgsType()
export class ExportAppArguments {
  @Field(() => String, { description: "The app's slug." })
  app!: string;

  @Field(() => Boolean, {
    defaultValue: false,
    description:
      "Whether lists of user ids stand in the definition themselves. They are personal data, so by default only their names do, by which an import into the same server finds them.",
  })
  includesUserIds!: boolean;
}

@ObjectType("AppExport", { simpleResolvers: true, description: "Everything that is defined in an app." })
export class AppExport {
  @Field(() => JsonObjectScalar, {
    description:
      "What is not archived, configs and flags as their latest versions are, in an order that never changes by itself. Its JSON Schema is docs/app.schema.json. What is published or scheduled where is no part of it.",
  })
  definition!: JsonObject;

  @Field(() => Int, {
    description: "The revision of the app that this is exactly; `importApp` takes it as `expectedRevision`.",
  })
  revision!: number;
}
