import type { PreviewEndCause, ReleaseEvent } from "./release.events";
import type { Preview, Release } from "./release.state";
import { checkInstant } from "./window.policy";
import type { Refusal } from "../lib/refusal";

/** How long a preview can last; it can be started again. */
export const PREVIEW_DAYS_MAX = 7;

const DAY_MS = 86_400_000;

/** When a preview that starts now ends, as it is stored, or what is wrong with it. */
export function checkPreviewEnd(
  endsAt: string,
  at: string,
): Readonly<{ text: string | null; reasons: readonly Refusal[] }> {
  const latest = new Date(Date.parse(at) + PREVIEW_DAYS_MAX * DAY_MS).toISOString();
  return checkInstant("endsAt", endsAt, at, { latest, inWords: `${PREVIEW_DAYS_MAX} days` });
}

/** The ends of previews. One whose time was up already ends for that, whatever else comes to it now. */
export function previewEnds(
  { id }: Release,
  previews: Iterable<Preview>,
  { cause, note, at }: Readonly<{ cause: PreviewEndCause; note: string; at: string }>,
): ReleaseEvent<never>[] {
  return [...previews].map(({ id: previewId, environment, endsAt }) => {
    const end = endsAt <= at ? ({ cause: "TIME_UP", note: "" } as const) : { cause, note };
    return { type: "PreviewEnded", data: { id, previewId, environment, ...end } };
  });
}

export function previewIn({ previews }: Release, environment: string): Preview | null {
  return [...previews.values()].find((preview) => preview.environment === environment) ?? null;
}
