import type { Segment } from "./segment.state";
import type { Refusal } from "../lib/refusal";

/** Segments inside each other: one that names no other is one level. */
export const SEGMENT_NESTING_MAX = 8;

type Segments = ReadonlyMap<string, Segment>;

/** A segment as it would be: `id` is null for one that does not exist yet, which nothing can refer to. */
export type SegmentToBe = Readonly<{ id: string | null; name: string; refersTo: readonly string[] }>;

/** What forbids a segment to name the segments that it names: unknown, archived, a cycle, too deep. */
export function referenceRefusals(segments: Segments, toBe: SegmentToBe): readonly Refusal[] {
  const refusals = toBe.refersTo.flatMap((id) => referenceRefusal(segments.get(id), id) ?? []);
  if (refusals.length > 0) return refusals;
  const cycle = toBe.id === null ? null : chainTo(segments, toBe.id, toBe.refersTo);
  if (cycle) {
    // The segment itself ends the chain, under the name that it would have.
    const between = cycle.slice(0, -1).map((id) => segments.get(id)?.name ?? id);
    return [cycleRefusal([toBe.name, ...between, toBe.name])];
  }
  const levels = levelsAbove(segments, toBe.id) + 1 + levelsBelow(segments, toBe.refersTo);
  return levels > SEGMENT_NESTING_MAX ? [tooDeep(levels)] : [];
}

function referenceRefusal(referred: Segment | undefined, id: string): Refusal | null {
  if (!referred) {
    const message = `There is no segment "${id.slice(0, 200)}" in this app; check its id.`;
    return { code: "NOT_FOUND", message, path: ["condition"] };
  }
  if (!referred.isArchived) return null;
  const message = `Segment "${referred.name}" is archived; restore it first, or take it out of the condition.`;
  return { code: "ARCHIVED", message, path: ["condition"] };
}

/** The ids on a way from `from` to `id`, ending with it; null if there is none. No segment is visited twice. */
function chainTo(segments: Segments, id: string, from: readonly string[]): readonly string[] | null {
  const cameFrom = new Map<string, string | null>(from.map((start) => [start, null]));
  for (const [visited] of cameFrom) {
    if (visited === id) return wayBack(cameFrom, id);
    for (const next of segments.get(visited)?.refersTo ?? []) {
      if (!cameFrom.has(next)) cameFrom.set(next, visited);
    }
  }
  return null;
}

function wayBack(cameFrom: ReadonlyMap<string, string | null>, id: string): readonly string[] {
  const way = [id];
  for (let at = cameFrom.get(id); at !== null && at !== undefined; at = cameFrom.get(at)) way.unshift(at);
  return way;
}

/** The most levels that these segments and what they contain make; 0 for none. There is no cycle among them. */
function levelsBelow(segments: Segments, ids: readonly string[], known = new Map<string, number>()): number {
  return ids.reduce((deepest, id) => {
    const levels = known.get(id) ?? 1 + levelsBelow(segments, segments.get(id)?.refersTo ?? [], known);
    known.set(id, levels);
    return Math.max(deepest, levels);
  }, 0);
}

/** The most levels that unarchived segments make which contain this one. */
function levelsAbove(segments: Segments, id: string | null): number {
  if (id === null) return 0;
  const containing = containersOf(segments);
  const known = new Map<string, number>();
  const above = (contained: string): number =>
    (containing.get(contained) ?? []).reduce((highest, container) => {
      const levels = known.get(container) ?? 1 + above(container);
      known.set(container, levels);
      return Math.max(highest, levels);
    }, 0);
  return above(id);
}

function containersOf(segments: Segments): ReadonlyMap<string, readonly string[]> {
  const containers = new Map<string, string[]>();
  for (const { id, isArchived, refersTo } of segments.values()) {
    if (isArchived) continue;
    for (const contained of refersTo) containers.set(contained, [...(containers.get(contained) ?? []), id]);
  }
  return containers;
}

function cycleRefusal(names: readonly string[]): Refusal {
  const chain = names.map((name) => `"${name}"`).join(" → ");
  return {
    code: "CYCLE",
    message: `The segment would contain itself: ${chain}. Take one out of the condition of the one before it.`,
    path: ["condition"],
  };
}

function tooDeep(levels: number): Refusal {
  return {
    code: "LIMIT_REACHED",
    message: `Segments nest at most ${SEGMENT_NESTING_MAX} levels, and this would make ${levels}. Write a part of the condition out.`,
    path: ["condition"],
  };
}
