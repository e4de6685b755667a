import { checkPreviewEnd, previewEnds, previewIn } from "./preview.policy";
import { environmentRefusals, publicationRefusals } from "./publication.decider";
import type { ReleaseEvent } from "./release.events";
import type { Preview, Release } from "./release.state";
import {
  archived,
  notFound,
  refuseAll,
  type ReleaseDecision,
  type ReleaseRules,
} from "./releaseRules.policy";
import { accept, type Circumstances } from "../lib/decider";
import { noteRefusals } from "../lib/note";
import type { Refusal } from "../lib/refusal";

export type StartPreview = {
  id: string;
  version: number;
  environment: string;
  endsAt: string;
  note?: string | undefined;
};

export type EndPreview = { previewId: string; note?: string | undefined };

/** `dueAt` is the end that the scheduler knows. */
export type EndDuePreview = { previewId: string; dueAt: string };

/** Lets the app's test users have a version before it is active; another preview of the release there makes way. */
export function startPreview<Content, Draft, State>(
  rules: ReleaseRules<Content, Draft, State>,
  { id, version, environment, endsAt, note = "" }: StartPreview,
  state: State,
  circumstances: Circumstances,
): ReleaseDecision<Content> {
  const { at } = circumstances;
  const release = rules.releases(state).get(id);
  if (!release) return refuseAll([notFound(rules.noun, id, [rules.idField])]);
  const end = checkPreviewEnd(endsAt, at);
  const reasons = [
    ...(release.isArchived ? [archived(rules, release)] : []),
    ...environmentRefusals(rules, environment, state),
    ...noteRefusals(note),
    ...end.reasons,
    ...publicationRefusals(rules, release, version, state, circumstances),
    ...(release.active.get(environment) === version ? [activeAlready(version, environment)] : []),
    ...(rules.hasTestUsers(state) ? [] : [noTestUsers]),
  ];
  if (reasons.length > 0 || end.text === null) return refuseAll(reasons);
  const other = previewIn(release, environment);
  // Asked for again it goes on.
  if (other?.version === version && other.endsAt === end.text) return accept<ReleaseEvent<Content>>();
  const previewId = circumstances.newId("preview");
  return accept<ReleaseEvent<Content>>(
    ...previewEnds(release, other ? [other] : [], { cause: "REPLACED", note, at }),
    { type: "PreviewStarted", data: { id, previewId, version, environment, endsAt: end.text, note } },
  );
}

export function endPreview<Content, Draft, State>(
  rules: ReleaseRules<Content, Draft, State>,
  { previewId, note = "" }: EndPreview,
  state: State,
  { at }: Circumstances,
): ReleaseDecision<Content> {
  const found = findPreview(rules, previewId, state);
  const reasons = [...(found ? [] : [notOpen(previewId)]), ...noteRefusals(note)];
  if (!found || reasons.length > 0) return refuseAll(reasons);
  const by = { cause: "BY_HAND", note, at } as const;
  return accept<ReleaseEvent<Content>>(...previewEnds(found.release, [found.preview], by));
}

/** Records that a preview's time is up, unless it has ended already. */
export function endDuePreview<Content, Draft, State>(
  rules: ReleaseRules<Content, Draft, State>,
  { previewId, dueAt }: EndDuePreview,
  state: State,
  { at }: Circumstances,
): ReleaseDecision<Content> {
  const found = findPreview(rules, previewId, state);
  if (!found || found.preview.endsAt !== dueAt || dueAt > at) return accept<ReleaseEvent<Content>>();
  const by = { cause: "TIME_UP", note: "", at } as const;
  return accept<ReleaseEvent<Content>>(...previewEnds(found.release, [found.preview], by));
}

/** The preview that has not ended, with its release. */
export function findPreview<Content, Draft, State>(
  { releases }: ReleaseRules<Content, Draft, State>,
  previewId: string,
  state: State,
): { release: Release; preview: Preview } | null {
  for (const release of releases(state).values()) {
    const preview = release.previews.get(previewId);
    if (preview) return { release, preview };
  }
  return null;
}

function activeAlready(version: number, environment: string): Refusal {
  const message = `Version ${version} is active in "${environment}", so everybody gets it; preview another version.`;
  return { code: "WRONG_STATE", message, path: ["version"] };
}

const noTestUsers: Refusal = {
  code: "WRONG_STATE",
  message:
    "The app has no test users, so nobody would get the preview; say who they are with setTestUsers first.",
  path: [],
};

function notOpen(previewId: string): Refusal {
  const message = `There is no preview "${previewId.slice(0, 200)}" that goes on; check its id: it may have ended already.`;
  return { code: "NOT_FOUND", message, path: ["id"] };
}
