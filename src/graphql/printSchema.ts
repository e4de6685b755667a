import { lexicographicSortSchema, printSchema } from "graphql";
import { createSchema } from "./schema";

/** The schema as it is committed in `schema.graphql`: sorted, so that a change of code order is no change. */
export function printedSchema(): string {
  return `${printSchema(lexicographicSortSchema(createSchema()))}\n`;
}
