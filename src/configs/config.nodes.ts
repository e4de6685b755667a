import { toConfig } from "./config.graphql";
import { findConfigs } from "./config.queries";
import type { NodeType } from "../graphql/context";

export const configNodeType: NodeType = {
  typename: "Config",
  idPrefix: "config",
  findMany: async (database, ids) => (await findConfigs(database, ids)).map(toConfig),
};
