import { invariant } from "../lib/invariant";
import { isJsonObject, ownProperty, type Json } from "../lib/json";
import { newBehaviourScope, type BehaviourScope } from "./behaviourScope";
import { bucketAfter, includedBuckets, seedState } from "./bucketing";
import { isUserListReference, segmentIdsOf, segmentsIn } from "./condition";
import { conditionTest, type Scope, type Test } from "./conditionTest";
import type { RulesetSource } from "./model";
import type { UserOperator } from "./operators";
import { newSubject, type Subject } from "./subject";

/** Conditions about the user of a run, over the segments and lists of one ruleset. */
export interface UserScope extends Scope, BehaviourScope {
  readonly subject: Subject;
  /** Whether the user belongs to a segment; found out at most once for each run. */
  segment(id: string): Test;
  share(settings: PercentageSettings): Share;
  percentage(settings: PercentageSettings): Test;
}

/** A percentage made ready: of the units whose bucket after the seed's state is below `included`. */
export type Share = Readonly<{ unit: () => string; state: number; included: number }>;

export type PercentageSettings = Readonly<{
  percentage: number;
  seed: string;
  bucketBy: string | null;
  fallback: string | null;
}>;

export type ScopeSource = Pick<
  RulesetSource,
  "keys" | "segments" | "userLists" | "publications" | "previews" | "timeZone"
>;

export function newUserScope(source: ScopeSource): UserScope {
  const subject = newSubject();
  const conditions = new Map(source.segments.map(({ id, condition }) => [id, condition]));
  const segments = new Map<string, Test | null>();
  const isShared = sharedSegments(source);

  // Null marks a segment whose condition is being prepared, so that one which contains itself is found.
  function segment(id: string): Test {
    const known = segments.get(id);
    if (known) return known;
    const condition = conditions.get(id);
    invariant(condition, `a ruleset refers to segment "${id}", which it does not have`);
    invariant(known === undefined, `segment "${id}" contains itself`);
    segments.set(id, null);
    const test = conditionTest(condition, scope);
    const shared = isShared(id) ? subject.once(() => test(null)) : test;
    segments.set(id, shared);
    return shared;
  }

  const share = ({ bucketBy, fallback, seed, percentage }: PercentageSettings): Share => ({
    unit: subject.unit(bucketBy, fallback),
    state: seedState(seed),
    included: includedBuckets(percentage),
  });

  function percentage(settings: PercentageSettings): Test {
    const { unit, state, included } = share(settings);
    return () => {
      const value = unit();
      return value !== "" && bucketAfter(state, value) < included;
    };
  }

  const scope: UserScope = {
    ...newBehaviourScope(subject, source),
    subject,
    clock: subject.clock,
    segment,
    share,
    percentage,
    property(path, { preparation, test }) {
      const read = subject.property(path, preparation);
      return () => test(read());
    },
    userOperator: (name, operand) => userOperatorTest(name, operand, scope, source),
  };
  return scope;
}

function userOperatorTest(name: UserOperator, operand: Json, scope: UserScope, source: ScopeSource): Test {
  switch (name) {
    case "$segment":
      return anyOf(segmentIdsOf(operand).map(scope.segment));
    case "$notSegment": {
      const isInAny = anyOf(segmentIdsOf(operand).map(scope.segment));
      return () => !isInAny(null);
    }
    case "$userIn": {
      const ids = listOf(operand, source);
      return () => ids.has(scope.subject.user().id);
    }
    case "$percent":
      return scope.percentage(percentageSettings(operand));
    case "$performed":
      return scope.performed(operand);
    case "$notPerformed": {
      const didIt = scope.performed(operand);
      return () => !didIt(null);
    }
  }
}

/** The operand of a stored `$percent`. */
export function percentageSettings(operand: Json): PercentageSettings {
  invariant(isJsonObject(operand), "a stored $percent has no seed");
  const { percentage, seed } = operand;
  invariant(typeof percentage === "number" && typeof seed === "string", "a stored $percent has no seed");
  const text = (name: string): string | null => {
    const value = ownProperty(operand, name);
    return typeof value === "string" ? value : null;
  };
  return { percentage, seed, bucketBy: text("bucketBy"), fallback: text("fallback") };
}

/**
 * Tells for which segments it is worth remembering what was found: those that several keys ask for, and all that other
 * segments name (else segments that name others twice would be found out twice, and theirs four times, and so on).
 */
function sharedSegments({ publications, previews, segments }: ScopeSource): (id: string) => boolean {
  const asked = new Set<string>();
  const shared = new Set(segments.flatMap(({ condition }) => segmentsIn(condition)));
  for (const { segmentId, values } of [...publications, ...previews].flatMap(({ rules }) => rules)) {
    if (segmentId === null) continue;
    if (values.length > 1 || asked.has(segmentId)) shared.add(segmentId);
    asked.add(segmentId);
  }
  return (id) => shared.has(id);
}

function listOf(operand: Json, { userLists }: ScopeSource): ReadonlySet<Json> {
  if (Array.isArray(operand)) return new Set<Json>(operand);
  invariant(isUserListReference(operand), "a stored $userIn is no list and names none");
  const ids = userLists.get(operand.list);
  invariant(ids, `a ruleset names the user list "${operand.list}", which it does not have`);
  return ids;
}

function anyOf(tests: readonly Test[]): Test {
  const [first] = tests;
  if (first !== undefined && tests.length === 1) return first;
  return () => {
    for (const test of tests) if (test(null)) return true;
    return false;
  };
}
