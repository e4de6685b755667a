import type { ChangeFilter, ChangeItem, ChangeStart, ConsumerIdentity } from "./changeFeed";
import { FILTER_VALUES_MAX } from "./changes.graphql";
import type { ChangeEventType, ChangeFilterInput, ChangeItemType, FollowArguments } from "./changes.graphql";
import type { SubscriptionArguments } from "./changes.graphql";
import { HOLDER_LENGTH_MAX } from "./consumers.policy";
import { ENTITY_KINDS, EVENT_TYPES } from "./eventSchemas";
import { badArgument } from "../graphql/connection";
import { TAG_LENGTH_MAX } from "../labels/labelForm.policy";
import { checkText, textFault } from "../lib/text";

/** Where to start, of the three ways to say so. @throws BAD_USER_INPUT for more than one. */
export function startIn({
  after,
  since,
  startAt,
}: Pick<FollowArguments, "after" | "since" | "startAt">): ChangeStart {
  const given = [after, since, startAt].filter((value) => value !== undefined && value !== null);
  if (given.length > 1) throw badArgument(`Give one of "after", "since" and "startAt".`, "after");
  if (typeof after === "string") return { after };
  if (typeof since === "string") return { since };
  return { startAt: startAt ?? "NOW" };
}

/** Whom a subscription works for; null if it keeps its own cursor. @throws BAD_USER_INPUT */
export function consumerIn(args: SubscriptionArguments, actor: string): ConsumerIdentity | null {
  const { app, consumer: name, instance } = args;
  if (name === undefined || name === null) return null;
  if (START_NAMES.some((start) => args[start] !== undefined && args[start] !== null)) {
    throw badArgument(
      "A consumer starts where it has acknowledged; give no other start, or reset it.",
      "consumer",
    );
  }
  const holder = instance ?? actor;
  if (holder.length <= HOLDER_LENGTH_MAX && textFault(holder) === null) return { app, name, holder };
  throw badArgument(`"instance" has at most ${HOLDER_LENGTH_MAX} characters of ordinary text.`, "instance");
}

const START_NAMES = ["after", "since", "startAt"] as const;

/** @throws BAD_USER_INPUT for a list that is too long. */
export function filterIn(input: ChangeFilterInput | null | undefined): ChangeFilter {
  return checkedLists(input ?? {});
}

/**
 * The lists of a filter that hold anything back: not those that are null or left out.
 * @throws BAD_USER_INPUT for a list that is too long, and for a name that no event has: who filters by it would wait for ever.
 */
export function checkedLists<Name extends string>(
  input: Readonly<Partial<Record<Name, readonly string[] | null | undefined>>>,
  path: readonly string[] = ["filter"],
): Partial<Record<Name, readonly string[]>> {
  const lists = Object.entries(input).filter((entry): entry is [Name, readonly string[]] =>
    Array.isArray(entry[1]),
  );
  for (const [name, values] of lists) {
    if (values.length > FILTER_VALUES_MAX) {
      throw badArgument(`"${name}" lists at most ${FILTER_VALUES_MAX} values.`, ...path, name);
    }
    if (name === "tags") values.forEach(checkTag);
    const known = KNOWN[name];
    const unknown = known && values.find((value) => !known.includes(value));
    if (unknown !== undefined) {
      const message = `"${name}" has no "${unknown.slice(0, 100)}"; there are: ${known?.join(", ")}.`;
      throw badArgument(message, ...path, name);
    }
  }
  return Object.fromEntries(lists) as Partial<Record<Name, readonly string[]>>;
}

/** What is no tag has no thing, and who filters by it would wait for ever. */
function checkTag(tag: string, index: number): void {
  const fault = checkText("A tag", tag, { lengthMin: 1, lengthMax: TAG_LENGTH_MAX });
  if (fault !== null) throw badArgument(fault, "filter", "tags", String(index));
  if (tag !== tag.trim()) {
    throw badArgument("A tag has no space at its ends.", "filter", "tags", String(index));
  }
}

const KNOWN: Readonly<Record<string, readonly string[]>> = { types: EVENT_TYPES, kinds: ENTITY_KINDS };

/** @throws BAD_USER_INPUT */
export function checkFirst(first: number, max: number): void {
  if (first >= 1 && first <= max) return;
  throw badArgument(`"first" must be from 1 to ${max}.`, "first");
}

export function toItem({ cursor, kind, event, lease }: ChangeItem): ChangeItemType {
  return { cursor, kind, event: event && toEvent(event), lease: lease ?? null };
}

/** An event as the API shows it. */
export function toEvent(event: NonNullable<ChangeItem["event"]>): ChangeEventType {
  return {
    ...event,
    specversion: "1.0",
    datacontenttype: "application/json",
    actor: { id: event.actor },
  };
}
