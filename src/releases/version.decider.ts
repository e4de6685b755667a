import type { ReleaseEvent } from "./release.events";
import type { Release } from "./release.state";
import {
  archived,
  contentAt,
  limitRefusals,
  notFound,
  refuseAll,
  takenRefusals,
  textRefusals,
  type ReleaseDecision,
  type ReleaseRules,
} from "./releaseRules.policy";
import { accept, type Circumstances } from "../lib/decider";
import { jsonEquals, type Json } from "../lib/json";
import type { Refusal } from "../lib/refusal";

/** What the kind's content is made of stands beside the rest. A text left out is empty. */
export type Create<Draft> = Draft & {
  name: string;
  description?: string | undefined;
  note?: string | undefined;
};

/** What is left out stays as it is. */
export type Edit<Draft> = Draft & {
  id: string;
  expectedVersion?: number | undefined;
  name?: string | undefined;
  description?: string | undefined;
  note?: string | undefined;
};

export function create<Content, Draft, State>(
  rules: ReleaseRules<Content, Draft, State>,
  command: Create<Draft>,
  state: State,
  circumstances: Circumstances,
): ReleaseDecision<Content> {
  const { description = "", note = "" } = command;
  const name = command.name.trim();
  const { content, reasons: faults } = rules.contentOf(command, null, state, circumstances);
  const reasons = [
    ...textRefusals({ name, description, note }),
    ...takenRefusals(rules, name, null, state),
    ...faults,
    ...rules.check(content, null, state),
    ...limitRefusals(rules, state),
  ];
  if (reasons.length > 0) return refuseAll(reasons);
  const id = circumstances.newId(rules.idPrefix);
  const references = rules.referencesOf(content);
  const data = { id, version: 1, name, description, content, references, note } as const;
  return accept<ReleaseEvent<Content>>({ type: "Created", data });
}

/** Saves the next version, unless nothing would be different. */
export function edit<Content, Draft, State>(
  rules: ReleaseRules<Content, Draft, State>,
  command: Edit<Draft>,
  state: State,
  circumstances: Circumstances,
): ReleaseDecision<Content> {
  const { id, note = "" } = command;
  const release = rules.releases(state).get(id);
  if (!release) return refuseAll([notFound(rules.noun, id, [rules.idField])]);
  if (release.isArchived) return refuseAll([archived(rules, release)]);
  const conflict = conflictRefusals(release, command.expectedVersion);
  if (conflict.length > 0) return refuseAll(conflict);

  const name = command.name?.trim() ?? release.name;
  const description = command.description ?? release.description;
  const latest = contentAt<Content>(release, release.versions.length, circumstances);
  const { content, reasons: faults } = rules.contentOf(command, latest, state, circumstances);
  const reasons = [
    ...textRefusals({ name, description, note }),
    ...takenRefusals(rules, name, id, state),
    ...faults,
    ...rules.check(content, id, state),
  ];
  if (reasons.length > 0) return refuseAll(reasons);
  const isSameText = name === release.name && description === release.description;
  // Contents are stored as JSON, so they are compared as what they are stored as.
  if (isSameText && jsonEquals(content as Json, latest as Json)) return accept<ReleaseEvent<Content>>();
  const version = release.versions.length + 1;
  const references = rules.referencesOf(content);
  const data = { id, version, name, description, content, references, note };
  return accept<ReleaseEvent<Content>>({ type: "Edited", data });
}

function conflictRefusals({ name, versions }: Release, expected: number | undefined): readonly Refusal[] {
  const actual = versions.length;
  if (expected === undefined || expected === actual) return [];
  const message =
    `You edited version ${expected} of "${name}", but version ${actual} is the latest. ` +
    `Look at what is different there, and send your edit again with expectedVersion ${actual}.`;
  return [{ code: "VERSION_CONFLICT", message, path: ["expectedVersion"], versions: { expected, actual } }];
}
