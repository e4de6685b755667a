import type { ListArguments, ListFilter, ListOrder } from "./listing.graphql";
import { isArchivedIn } from "../graphql/archivedFilter";
import { badArgument, pageRequest, type PageRequest } from "../graphql/connection";
import { checkText } from "../lib/text";

export const FILTER_TEXT_LENGTH_MAX = 200;
export const FILTER_LIST_MAX = 50;
/** Of what cannot be longer: a tag, an owner, an actor's id. */
export const FILTER_ITEM_LENGTH_MAX = 200;

/** One page of a list, checked: which things, in which order, and after which of them. */
export type ListRequest = Readonly<{
  isArchivedIn: readonly boolean[];
  filter: Readonly<{ [Name in keyof Required<ListFilter>]: NonNullable<ListFilter[Name]> | null }>;
  order: ListOrder;
  /** `after` is the name of the order, the value that it orders by, and the id of the last thing shown. */
  page: PageRequest;
}>;

const BY_NAME: ListOrder = { by: "NAME", direction: "ASC" };

/** @throws BAD_USER_INPUT for a size, a filter out of bounds, or a cursor that is of no list in this order. */
export function listRequest(
  { archived, orderBy, ...page }: ListArguments,
  filter: ListFilter | null | undefined,
): ListRequest {
  const order = orderBy ?? BY_NAME;
  const value = order.by === "NAME" ? "text" : "instant";
  return {
    isArchivedIn: isArchivedIn(archived),
    filter: {
      text: checkedText(filter?.text ?? null),
      tags: checkedList("tags", filter?.tags ?? null),
      owners: checkedList("owners", filter?.owners ?? null),
      authors: checkedList("authors", filter?.authors ?? null),
      removeBy: filter?.removeBy ?? null,
    },
    order,
    page: pageRequest(page, [{ is: orderName(order) }, value, "text"]),
  };
}

/** Stands in cursors, so that one of another order is found out. */
export function orderName({ by, direction }: ListOrder): string {
  return `${by} ${direction}`;
}

function checkedText(text: string | null): string | null {
  const fault = text && checkText("The text", text, { lengthMax: FILTER_TEXT_LENGTH_MAX });
  if (fault) throw badArgument(fault, "filter", "text");
  return text === "" ? null : text;
}

export function checkedList(name: string, items: readonly string[] | null): readonly string[] | null {
  if (items === null) return null;
  if (items.length > FILTER_LIST_MAX)
    throw badArgument(`"${name}" lists at most ${FILTER_LIST_MAX}.`, "filter", name);
  for (const item of items) {
    const fault = checkText(`Each of "${name}"`, item, { lengthMax: FILTER_ITEM_LENGTH_MAX });
    if (fault !== null) throw badArgument(fault, "filter", name);
  }
  return items;
}
