import type { ExperimentContent } from "./experiment.events";
import type { AppState } from "../apps/app.state";
import { extentsOver } from "../evaluation/extent";
import type { Warning } from "../lib/warning";

/** Everything odd about an experiment that may be saved and started all the same. */
export function experimentWarnings(
  { segmentId, traffic, variations }: ExperimentContent,
  { segments }: AppState,
): readonly Warning[] {
  const warnings: Warning[] = [];
  if (traffic === 0) {
    const message = "A traffic of 0 % takes nobody into the experiment; raise it.";
    warnings.push({ code: "PERCENTAGE_ZERO", message, path: ["traffic"] });
  }
  for (const [index, { name, weight }] of variations.entries()) {
    if (weight > 0) continue;
    const message = `Nobody gets variation "${name}", whose weight is 0; raise it, or leave the variation out.`;
    warnings.push({ code: "PERCENTAGE_ZERO", message, path: ["variations", String(index), "weight"] });
  }
  if (segmentId !== null && extentsOver(segments).ofSegment(segmentId) === "NOBODY") {
    const name = segments.get(segmentId)?.name ?? segmentId;
    const message = `Nobody can belong to segment "${name}", so nobody is in the experiment; look at its condition.`;
    warnings.push({ code: "MATCHES_NOBODY", message, path: ["segmentId"] });
  }
  return warnings;
}
