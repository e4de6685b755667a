import type { Definition, SegmentDefinition } from "./definition.policy";
import { segmentsIn } from "../evaluation/condition";
import type { Refusal } from "../lib/refusal";

/** Segments by their places in the definition, each after those that its condition names; or why there is no such order. */
export function segmentOrder({
  segments,
}: Pick<Definition, "segments">): Readonly<{ order: readonly number[]; reasons: readonly Refusal[] }> {
  const places = new Map(segments.map(({ id }, index) => [id, index]));
  const order: number[] = [];
  const reasons: Refusal[] = [];
  const state = new Map<number, "OPEN" | "DONE">();
  const visit = (index: number, way: readonly number[]): void => {
    const segment = segments[index];
    if (!segment || state.get(index) === "DONE") return;
    if (state.get(index) === "OPEN") {
      reasons.push(cycle(segments, way, index));
      return;
    }
    state.set(index, "OPEN");
    for (const id of segmentsIn(segment.condition)) {
      const next = places.get(id);
      if (next === undefined) reasons.push(unknownSegment(id, ["segments", String(index), "condition"]));
      else visit(next, [...way, index]);
    }
    state.set(index, "DONE");
    order.push(index);
  };
  segments.forEach((_, index) => visit(index, []));
  return { order, reasons };
}

/** Rules for segments that the definition does not have. */
export function ruleSegmentRefusals(definition: Definition): readonly Refusal[] {
  const known = new Set(definition.segments.map(({ id }) => id));
  return (["configs", "flags"] as const).flatMap((section) =>
    definition[section].flatMap(({ rules }, index) =>
      rules.flatMap(({ segmentId }, position) =>
        segmentId === null || known.has(segmentId)
          ? []
          : [unknownSegment(segmentId, [section, String(index), "rules", String(position), "segmentId"])],
      ),
    ),
  );
}

function unknownSegment(id: string, path: readonly string[]): Refusal {
  const message = `The definition has no segment with the id "${id.slice(0, 200)}"; add it, or name another one.`;
  return { code: "NOT_FOUND", message, path: ["definition", ...path] };
}

function cycle(segments: readonly SegmentDefinition[], way: readonly number[], index: number): Refusal {
  const round = [...way.slice(way.indexOf(index)), index];
  const chain = round.map((at) => `"${segments[at]?.name ?? ""}"`).join(" → ");
  const message = `The segment would contain itself: ${chain}. Take one out of the condition of the one before it.`;
  return { code: "CYCLE", message, path: ["definition", "segments", String(index), "condition"] };
}
