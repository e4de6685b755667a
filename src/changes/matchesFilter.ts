import { createHash } from "node:crypto";
import type { ChangeFilter } from "./changeFeed";
import type { FeedRow } from "./changes.projection";
import type { JsonObject } from "../lib/json";

/** Whether a filter lets a change through: in memory what `readChanges` asks the database. */
export function matchesFilter(filter: ChangeFilter, row: FeedRow): boolean {
  const { environments, kinds, types, entities, tags, kindsWithheld, partition } = filter;
  return (
    (!environments || row.environment === null || environments.includes(row.environment)) &&
    (!kinds || kinds.includes(row.kind)) &&
    (!types || types.includes(row.type)) &&
    (!entities || entities.includes(row.entity)) &&
    (!tags || hasTag(row.after, tags) || hasTag(row.before, tags)) &&
    !kindsWithheld?.includes(row.kind) &&
    (!partition || partitionOf(row.entity, partition.of) === partition.number)
  );
}

function hasTag(document: JsonObject | null, tags: readonly string[]): boolean {
  const own = document?.["tags"];
  return Array.isArray(own) && own.some((tag) => typeof tag === "string" && tags.includes(tag));
}

/** The share that an entity falls into, of so many. */
export function partitionOf(entity: string, partitions: number): number {
  const bits = createHash("md5").update(entity).digest().readUInt32BE(0) & 0x7fff_ffff;
  return bits % partitions;
}
