import type { TestServer } from "../support/wholeServer";

export type Refusals = { code: string; path: string[]; message: string }[];
export type SentEvent = Record<string, unknown>;
export type Shown = {
  id: string;
  aliases: string[];
  properties: Record<string, unknown>;
  events: {
    totalCount: number;
    pageInfo: { hasNextPage: boolean; endCursor: string };
    nodes: { id: string; name: string; at: string; properties: unknown }[];
  };
} | null;

export const ERRORS = "errors { code path message }";
const USER = `query($app: String!, $id: String!, $environment: String! = "production", $first: Int! = 20, $after: String) {
  user(app: $app, environment: $environment, id: $id) {
    id aliases properties
    events(first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor } nodes { id name at properties } }
  }
}`;

/** What an app's server says of its users, through any of some servers of ours. */
export function telling(app: string, ours: TestServer) {
  async function mutate<Payload>(name: string, fields: string, input: object, at: TestServer) {
    const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input!`;
    const data = await at.send(
      `mutation($input: ${type}) { ${name}(input: $input) { ${fields} ${ERRORS} } }`,
      { input: { app, ...input } },
    );
    return at.read<Payload & { errors: Refusals }>(data, name);
  }
  return {
    identify: (users: object[], more: object = {}, at = ours) =>
      mutate<{ accepted: number | null }>("identify", "accepted", { users, ...more }, at),
    track: (events: SentEvent[], more: object = {}, at = ours) =>
      mutate<{ accepted: number | null; duplicates: number | null }>(
        ...(["track", "accepted duplicates", { events, ...more }, at] as const),
      ),
    alias: (anonymousId: string, userId: string, at = ours) =>
      mutate<{ joinedEvents: number | null; droppedEvents: number | null }>(
        ...(["alias", "joinedEvents droppedEvents", { anonymousId, userId }, at] as const),
      ),
    erase: (userId: string, at = ours, more: object = {}) =>
      mutate<{ receipt: { ids: string[]; environments: number; events: number; lists: number } | null }>(
        ...(["eraseUser", "receipt { ids environments events lists }", { userId, ...more }, at] as const),
      ),
    shown: async (id: string, more: object = {}, at = ours): Promise<Shown> =>
      at.read<Shown>(await at.send(USER, { app, id, ...more }), "user"),
  };
}

export const codes = ({ errors }: { errors: Refusals }) =>
  errors.map(({ code, path }) => [code, path.join(".")]);
