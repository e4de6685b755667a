import { previewEnds } from "./preview.policy";
import { cancellations, unpublications } from "./publication.decider";
import type { ReleaseEvent } from "./release.events";
import {
  contentAt,
  limitRefusals,
  notFound,
  refuseAll,
  takenRefusals,
  type ReleaseDecision,
  type ReleaseRules,
} from "./releaseRules.policy";
import { accept, type Circumstances } from "../lib/decider";
import { noteRefusals } from "../lib/note";

export type ArchiveOrRestore = { id: string; note?: string | undefined };

/** Ends everything: what is scheduled, previewed and active anywhere, and the hold on what it uses. */
export function archive<Content, Draft, State>(
  rules: ReleaseRules<Content, Draft, State>,
  { id, note = "" }: ArchiveOrRestore,
  state: State,
  { at }: Circumstances,
): ReleaseDecision<Content> {
  const release = rules.releases(state).get(id);
  const reasons = [...(release ? [] : [notFound(rules.noun, id, [rules.idField])]), ...noteRefusals(note)];
  if (!release || reasons.length > 0) return refuseAll(reasons);
  if (release.isArchived) return accept<ReleaseEvent<Content>>();
  return accept<ReleaseEvent<Content>>(
    ...cancellations(release, release.schedules.values(), note),
    ...previewEnds(release, release.previews.values(), { cause: "ARCHIVED", note, at }),
    ...unpublications(release, release.active.keys(), { kind: "ARCHIVED" }, note),
    { type: "Archived", data: { id, note } },
  );
}

/** Its latest version is in use again, so everything that this points at must be there and free. */
export function restore<Content, Draft, State>(
  rules: ReleaseRules<Content, Draft, State>,
  { id, note = "" }: ArchiveOrRestore,
  state: State,
  circumstances: Circumstances,
): ReleaseDecision<Content> {
  const release = rules.releases(state).get(id);
  if (!release) return refuseAll([notFound(rules.noun, id, [rules.idField])]);
  if (!release.isArchived) return accept<ReleaseEvent<Content>>();
  const content = contentAt<Content>(release, release.versions.length, circumstances);
  const path = [rules.idField];
  const reasons = [
    ...noteRefusals(note),
    ...takenRefusals(rules, release.name, id, state).map((reason) => ({ ...reason, path })),
    ...rules.check(content, id, state).map((reason) => ({ ...reason, path })),
    ...limitRefusals(rules, state),
  ];
  if (reasons.length > 0) return refuseAll(reasons);
  return accept<ReleaseEvent<Content>>({ type: "Restored", data: { id, note } });
}
