import { APP_ID_PREFIX, ENVIRONMENT_ID_PREFIX, appId, environmentOf, type App } from "./app.graphql";
import type { AppRow } from "./app.projection";
import { findApps, findEnvironments } from "./app.queries";
import type { NodeType } from "../graphql/context";
import { parseId } from "../lib/ids";

export const appNodeType: NodeType = {
  typename: "App",
  idPrefix: APP_ID_PREFIX,
  findMany: async (database, ids) => {
    const slugs = ids.map((id) => id.slice(APP_ID_PREFIX.length + 1));
    return (await findApps(database, slugs)).map(toApp);
  },
};

export const environmentNodeType: NodeType = {
  typename: "Environment",
  idPrefix: ENVIRONMENT_ID_PREFIX,
  findMany: async (database, ids) => {
    const wanted = ids.flatMap((id) => {
      const parts = parseId(id);
      return parts ? [{ app: parts.app, name: parts.rest }] : [];
    });
    return (await findEnvironments(database, wanted)).map(({ app, name }) => environmentOf(app, name));
  },
};

/** An app as the API shows it. */
export function toApp({ app, name, created_at }: AppRow): App & { typename: "App" } {
  return { typename: "App", id: appId(app), slug: app, name, createdAt: created_at };
}
