import { Field, ObjectType } from "type-graphql";
import { NamedNode, Node } from "../graphql/node.graphql";
import { DateTimeScalar } from "../graphql/scalars";

export const APP_ID_PREFIX = "app";
export const ENVIRONMENT_ID_PREFIX = "environment";

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

  @Field(() => DateTimeScalar, { description: "When it was created." })
  createdAt!: string;
}

@ObjectType("Environment", {
  implements: [Node, NamedNode],
  simpleResolvers: true,
  description: "Where versions are published and users live. Every app starts with `production`.",
})
export class Environment extends NamedNode {}

/** The app's opaque id. */
export const appId = (slug: string): string => `${APP_ID_PREFIX}_${slug}`;

/** An environment as the API shows it, wherever only the app and its name are known. */
export function environmentOf(app: string, name: string): Environment & { typename: "Environment" } {
  return { typename: "Environment", id: `${ENVIRONMENT_ID_PREFIX}_${app}_${name}`, name };
}
