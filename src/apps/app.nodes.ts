import { APP_ID_PREFIX, ENVIRONMENT_ID_PREFIX, appId, environmentOf, type App } from "./app.graphql";
import { findApps } from "./app.queries";
import type { AppRow } from "./app.tables";
import { findEnvironments } from "./environment.queries";
import type { NodeType } from "../graphql/context";
import { parseId } from "../lib/ids";

export const appNodeType: NodeType = {
  typename: "App",
  idPrefix: APP_ID_PREFIX,
  appOf: (id) => id.slice(APP_ID_PREFIX.length + 1),
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
export function toApp({ app, name, settings, ...row }: AppRow): App & { typename: "App" } {
  return {
    typename: "App",
    id: appId(app),
    slug: app,
    name,
    settings: { ...settings, app },
    isArchived: row.is_archived,
    createdAt: row.created_at,
    createdBy: { id: row.created_by },
  };
}
