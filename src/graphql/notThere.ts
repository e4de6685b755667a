import { GraphQLError } from "graphql";

/** What is not there, and what is not the asker's: in the same words, so that nobody can tell one from the other. */
export function notThere(message: string, path: readonly string[]): GraphQLError {
  return new GraphQLError(message, { extensions: { code: "NOT_FOUND", path } });
}

export function noSuchApp(app: string, argument: string): GraphQLError {
  return notThere(`There is no app "${app}"; check its slug.`, [argument]);
}

export function noSuchEnvironment(app: string, environment: string, argument: string): GraphQLError {
  return notThere(`App "${app}" has no environment "${environment}".`, [argument]);
}
