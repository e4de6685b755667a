import { GraphQLError } from "graphql";

/** Of all askers together, over sockets and event streams. */
export const SUBSCRIPTIONS_MAX = 10_000;

/** Counts the subscriptions of one server. */
export type OpenSubscriptions = Readonly<{
  /** Returns how to take leave, once. @throws LIMIT_EXCEEDED if there are as many as there may be. */
  enter: () => () => void;
  count: () => number;
}>;

export function createOpenSubscriptions(max = SUBSCRIPTIONS_MAX): OpenSubscriptions {
  const open = new Set<() => void>();
  return {
    enter() {
      if (open.size >= max) {
        const message = `This server has ${max} subscriptions already; try again later, or another server.`;
        throw new GraphQLError(message, { extensions: { code: "LIMIT_EXCEEDED" } });
      }
      const leave = (): void => void open.delete(leave);
      open.add(leave);
      return leave;
    },
    count: () => open.size,
  };
}
