import { ArgsType, Field, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import { DEFINITION_ACTIONS, type DefinitionAction } from "./importChanges";
import { App } from "../apps/app.graphql";
import { ValidatableInput } from "../graphql/command.graphql";
import { Payload, WarnedPayload } from "../graphql/payload.graphql";
import { JsonObjectScalar } from "../graphql/scalars";
import { Difference } from "../history/difference.graphql";
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

const ACTION_ENUM = Object.fromEntries(DEFINITION_ACTIONS.map((action) => [action, action]));
registerEnumType(ACTION_ENUM, {
  name: "DefinitionAction",
  description: "What an import makes of one thing.",
  valuesConfig: {
    CREATED: { description: "The app did not have it." },
    CHANGED: { description: "It becomes another, or its labels do." },
    RESTORED: { description: "It was archived, and is taken back." },
    ARCHIVED: { description: "The definition does not have it, so it is put away." },
  },
});

@InputType({ description: "What an app is to be." })
export class ImportAppInput extends ValidatableInput {
  @Field(() => String, { description: "The app's slug." })
  app!: string;

  @Field(() => JsonObjectScalar, {
    description:
      "All that the app is to have, as `exportApp` gives it and docs/app.schema.json says it. What the app has and this does not is archived.",
  })
  definition!: JsonObject;

  @Field(() => Int, {
    nullable: true,
    description:
      "The revision of the app that the definition was made from. If the app is at another one now, nothing is changed.",
  })
  expectedRevision?: number | null;
}

@ObjectType("DefinitionChange", {
  simpleResolvers: true,
  description: "What an import makes of one thing of the app, or of the app itself.",
})
export class DefinitionChangeType {
  @Field(() => ACTION_ENUM, { description: "What becomes of it." })
  action!: DefinitionAction;

  @Field(() => String, { description: "What kind of thing it is, as a GraphQL type: `Key`." })
  kind!: string;

  @Field(() => String, { description: "The name that it had before, if it had one." })
  name!: string;

  @Field(() => [Difference], {
    description:
      "Everything that is different, by names and ids. Of what is archived there is nothing to say.",
  })
  differences!: readonly Difference[];

  @Field(() => [String], {
    description:
      "The environments in which it changes what users get: at once, or at a time that is set. What is archived is unpublished there.",
  })
  environments!: readonly string[];
}

@InputType({ description: "A new app that starts with what another one has." })
export class CopyAppInput extends ValidatableInput {
  @Field(() => String, { description: "The slug of the app to copy." })
  from!: string;

  @Field(() => String, {
    description:
      "What everything else names the new app by: 2 to 40 of a–z, 0–9 and single dashes, starting with a letter. Never changes.",
  })
  slug!: string;

  @Field(() => String, { description: "What people call the new app: 1 to 120 characters." })
  name!: string;
}

@ObjectType({ description: "What came of copying an app." })
export class CopyAppPayload extends Payload {
  @Field(() => App, {
    nullable: true,
    description: "The new app; null if there are errors, and after `validateOnly`.",
  })
  app!: App | null;
}

@ObjectType({ description: "What came of importing a definition." })
export class ImportAppPayload extends WarnedPayload {
  @Field(() => [DefinitionChangeType], {
    nullable: true,
    description:
      "Everything that was changed, or would be after `validateOnly`, by kind and name; empty if the app is so already, and for a repeat. Null if there are errors.",
  })
  changes!: readonly DefinitionChangeType[] | null;
}
