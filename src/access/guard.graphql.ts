import { defaultFieldResolver, GraphQLError, isNonNullType, isObjectType } from "graphql";
import type { GraphQLField, GraphQLFieldResolver, GraphQLSchema } from "graphql";
import { mayDo, type Arguments, type Missing } from "./mayDo";
import { APP_FIELDS, limitedAs, OPERATIONS, ROOT_TYPES, type Operation, type RootType } from "./operations";
import { may, type Actor, type Right } from "./roles.policy";
import { noSuchApp as noSuchAppRefusal } from "../apps/appOwn.decider";
import type { Context } from "../graphql/context";
import { noSuchApp, noSuchEnvironment, notThere } from "../graphql/notThere";
import { invariant } from "../lib/invariant";

/** Puts `mayDo` before every root field of the schema. A field that has no row in the table of operations is a mistake of ours. */
export function guarded(schema: GraphQLSchema): GraphQLSchema {
  for (const type of ROOT_TYPES) {
    for (const field of fieldsOf(schema, type)) {
      const operation = Object.hasOwn(OPERATIONS[type], field.name)
        ? OPERATIONS[type][field.name]
        : undefined;
      invariant(operation, `"${type}.${field.name}" needs a row in access/operations.ts`);
      if (type === "Subscription") guardSubscription(field, operation);
      else guardField(type, field, operation);
    }
  }
  for (const field of fieldsOf(schema, "App")) {
    const right = Object.hasOwn(APP_FIELDS, field.name) ? APP_FIELDS[field.name] : undefined;
    if (right) guardAppField(field, right);
  }
  return schema;
}

/** For what is no field of the schema, and asks for the same as a query: counts it, and refuses it as that would be. @throws */
export function guardAsQuery({ server, actor }: Guarded, query: string, given: Arguments, count = 1): void {
  const operation = Object.hasOwn(OPERATIONS.Query, query) ? OPERATIONS.Query[query] : undefined;
  invariant(operation, `"${query}" is a query`);
  const limited = limitedAs("Query", operation);
  if (limited !== null) server.takeOne(actor.id, limited, count);
  const permission = mayDo(actor, operation, given);
  if (permission.answer === "FORBIDDEN") throw forbidden(query, operation.right, actor);
  if (permission.answer === "NOT_THERE") throw errorOf(permission.missing);
}

type Guarded = Pick<Context, "server" | "actor">;

type Field = GraphQLField<unknown, Context>;
type Resolve = GraphQLFieldResolver<unknown, Context>;

function fieldsOf(schema: GraphQLSchema, name: string): readonly Field[] {
  const type = schema.getType(name);
  return isObjectType(type) ? Object.values(type.getFields()) : [];
}

function guardField(type: RootType, field: Field, operation: Operation): void {
  const resolve: Resolve = field.resolve ?? defaultFieldResolver;
  const limited = limitedAs(type, operation);
  field.resolve = (source, given: Arguments, context, info): unknown => {
    if (limited !== null) context.server.takeOne(context.actor.id, limited);
    const permission = mayDo(context.actor, operation, given);
    if (permission.answer === "YES") return resolve(source, given, context, info);
    if (permission.answer === "FORBIDDEN") throw forbidden(field.name, operation.right, context.actor);
    if (type === "Mutation") return { errors: [refusalOf(permission.missing)], warnings: [] };
    if (!isNonNullType(field.type)) return null;
    throw errorOf(permission.missing);
  };
}

function guardSubscription(field: Field, operation: Operation): void {
  const { subscribe } = field;
  invariant(subscribe, `the subscription "${field.name}" has a source of its own`);
  field.subscribe = (source, given: Arguments, context, info): unknown => {
    context.server.takeOne(context.actor.id, "subscriptions");
    const permission = mayDo(context.actor, operation, given);
    if (permission.answer === "YES") return subscribe(source, given, context, info);
    if (permission.answer === "FORBIDDEN") throw forbidden(field.name, operation.right, context.actor);
    throw errorOf(permission.missing);
  };
}

function guardAppField(field: Field, right: Right): void {
  const resolve: Resolve = field.resolve ?? defaultFieldResolver;
  field.resolve = (source, given, context, info): unknown => {
    const { slug } = source as { slug: string };
    if (!may(context.actor, right, slug)) throw forbidden(field.name, right, context.actor);
    return resolve(source, given, context, info);
  };
}

function forbidden(field: string, right: Right | null, { grants }: Actor): GraphQLError {
  const roles = grants.map(({ role, app }) => `${role} ${app === null ? "of all apps" : `of app "${app}"`}`);
  const who = roles.length === 0 ? "you have no role" : `you are ${roles.join(", ")}`;
  const message = `"${field}" needs the right ${right} here, and ${who}. Ask an administrator.`;
  return new GraphQLError(message, { extensions: { code: "FORBIDDEN" } });
}

/** In the words in which a query says so of what nobody has. */
function errorOf(missing: Missing): GraphQLError {
  switch (missing.kind) {
    case "APP":
      return noSuchApp(missing.app, missing.argument);
    case "ENVIRONMENT":
      return noSuchEnvironment(missing.app, missing.environment, missing.argument);
    case "THING":
      return notThere(`There is no ${missing.noun} "${missing.id}"; check its id.`, [missing.argument]);
  }
}

/** In the words in which a mutation says so of what nobody has. */
function refusalOf(missing: Missing) {
  if (missing.kind === "APP") return noSuchAppRefusal;
  const { message, extensions } = errorOf(missing);
  return { code: "NOT_FOUND", message, path: extensions["path"] };
}
