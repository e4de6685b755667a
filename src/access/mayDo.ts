import type { Context, Right } from "../graphql/context";

/**
 * The one place where a request's rights are asked for: every root field names the right that it needs.
 * An arrow function, because type-graphql takes whatever has a prototype for a class.
 */
export const mayDo = ({ context }: Readonly<{ context: Context }>, rights: readonly Right[]): boolean =>
  rights.length > 0 && rights.every((right) => context.actor.rights.has(right));
