import { Int, Field, ObjectType } from "type-graphql";
import type { AppSettings } from "./app.events";
import { ActorType } from "../graphql/actor.graphql";
import { NamedNode, Node } from "../graphql/node.graphql";
import { DateTimeScalar } from "../graphql/scalars";

export const APP_ID_PREFIX = "app";
export const ENVIRONMENT_ID_PREFIX = "environment";

@ObjectType("AppSettings", {
  simpleResolvers: true,
  description: "What an app decides for all that is in it.",
})
export class AppSettingsType implements AppSettings {
  /** Not shown: for what is looked up of it. */
  app!: string;

  @Field(() => Boolean, {
    description:
      "Whether experiments that are created from now on share no users with others unless they say otherwise.",
  })
  mutuallyExclusiveExperiments!: boolean;

  @Field(() => String, {
    description:
      'Whose days statistics are told by: the name of a time zone, as "Europe/Berlin". At first UTC.',
  })
  timeZone!: string;

  @Field(() => Int, {
    description:
      "For how many days at least it is kept what users did: at first 400. Conditions see no more than that.",
  })
  retentionDays!: number;
}

/** `environments` and other relations are declared by the resolvers that know them. */
@ObjectType("App", {
  implements: [Node, NamedNode],
  simpleResolvers: true,
  description: "A tenant: everything else lives in one app.",
})
export class App extends NamedNode {
  @Field(() => String, {
    description: "What inputs and queries name the app by. Chosen at creation, never changed.",
  })
  slug!: string;

  @Field(() => AppSettingsType, { description: "What it decides for all that is in it." })
  settings!: AppSettingsType;

  @Field(() => Boolean, {
    description: "Archived apps answer nobody and cannot be changed; they can be restored.",
  })
  isArchived!: boolean;

  @Field(() => DateTimeScalar, { description: "When it was created." })
  createdAt!: string;

  @Field(() => ActorType, { description: "Who created it." })
  createdBy!: ActorType;
}

/** What else there is to say of it is declared by its resolver, since most who show one know only its name. */
@ObjectType("Environment", {
  implements: [Node, NamedNode],
  simpleResolvers: true,
  description: "Where versions are published and users live. Every app starts with `production`.",
})
export class Environment extends NamedNode {
  /** Not shown: for what is looked up of it. */
  app!: string;
}

/** The app's opaque id. */
export const appId = (slug: string): string => `${APP_ID_PREFIX}_${slug}`;

/** An environment as the API shows it, wherever only the app and its name are known. */
export function environmentOf(app: string, name: string): Environment & { typename: "Environment" } {
  return { typename: "Environment", id: `${ENVIRONMENT_ID_PREFIX}_${app}_${name}`, app, name };
}
