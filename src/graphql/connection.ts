import "reflect-metadata";
import { GraphQLError } from "graphql";
import { ArgsType, Field, Int, ObjectType, type ClassType } from "type-graphql";
import { isDateTime } from "./dateTime";
import { textFault } from "../lib/text";

export const PAGE_SIZE_DEFAULT = 20;
export const PAGE_SIZE_MAX = 100;

@ArgsType()
export class PageArguments {
  @Field(() => Int, {
    defaultValue: PAGE_SIZE_DEFAULT,
    description: `How many at the most: 1 to ${PAGE_SIZE_MAX}.`,
  })
  first!: number;

  @Field(() => String, { nullable: true, description: "Starts after this cursor; absent: at the beginning." })
  after?: string | null;
}

/** A page to read: rows after a sort position (null: from the first), one more than shown so that we know if there is a next. */
export type PageRequest = Readonly<{ limit: number; after: readonly (string | number)[] | null }>;

/** One page of rows, each with the sort position that its cursor stands for. */
export type Page<Row> = Readonly<{ rows: readonly Row[]; hasNextPage: boolean; totalCount: Count }>;

/** What takes long to count is counted only if it is asked for: GraphQL calls a property that is a function. */
export type Count = number | (() => Promise<number>);

/** What a list is sorted by: the kinds of its sort values, in their order. */
export type SortShape = readonly SortKind[];
/** `is` stands for one text and no other. */
export type SortKind = "text" | "integer" | "instant" | Readonly<{ is: string }>;

/** Checks the arguments before anything is read. @throws BAD_USER_INPUT for a size or a cursor that is none of this list. */
export function pageRequest({ first, after }: PageArguments, sortShape: SortShape): PageRequest {
  if (first < 1 || first > PAGE_SIZE_MAX) {
    throw badArgument(`"first" must be from 1 to ${PAGE_SIZE_MAX}.`, "first");
  }
  return {
    limit: first,
    after: after === undefined || after === null ? null : decodeCursor(after, sortShape),
  };
}

export type Connection<T> = Readonly<{
  edges: readonly Readonly<{ cursor: string; node: T }>[];
  nodes: readonly T[];
  pageInfo: PageInfo;
  totalCount: Count;
}>;

/** A connection of a page; `positionOf` gives the sort position of each row. */
export function connectionOf<Row, T>(
  page: Page<Row>,
  toNode: (row: Row) => T,
  positionOf: (row: Row) => readonly (string | number)[],
): Connection<T> {
  const edges = page.rows.map((row) => ({ cursor: encodeCursor(positionOf(row)), node: toNode(row) }));
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: { endCursor: edges.at(-1)?.cursor ?? null, hasNextPage: page.hasNextPage },
    totalCount: page.totalCount,
  };
}

@ObjectType({ description: "Where a page stands in its list." })
export class PageInfo {
  @Field(() => String, {
    nullable: true,
    description: "The cursor of the last item; null if the page is empty.",
  })
  endCursor!: string | null;

  @Field(() => Boolean, { description: "Whether there are more after it." })
  hasNextPage!: boolean;
}

/** Makes the `XConnection` and `XEdge` types of an object type. */
export function connectionType<T extends object>(
  node: abstract new () => T,
  name: string,
): ClassType<Connection<T>> {
  @ObjectType(`${name}Edge`, { description: `One ${name} in a list.` })
  class Edge {
    @Field(() => String, { description: "Give it as `after` to go on from here." })
    cursor!: string;
    @Field(() => node, { description: "The item." })
    node!: T;
  }
  @ObjectType(`${name}Connection`, { description: `A page of a list of type ${name}.` })
  class ConnectionOfNodes {
    @Field(() => [Edge], { description: "The items with their cursors." })
    edges!: readonly Edge[];
    @Field(() => [node], { description: "The items." })
    nodes!: readonly T[];
    @Field(() => PageInfo, { description: "Where this page stands." })
    pageInfo!: PageInfo;
    @Field(() => Int, { description: "How many there are in the whole list." })
    totalCount!: Count;
  }
  return ConnectionOfNodes;
}

function encodeCursor(position: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(position)).toString("base64url");
}

/** Anybody can write a cursor, so it is trusted no more than any other input. */
function decodeCursor(cursor: string, sortShape: SortShape): readonly (string | number)[] {
  const position = parseJson(Buffer.from(cursor, "base64url").toString());
  if (!Array.isArray(position) || !isOfShape(position, sortShape)) {
    throw badArgument(
      `"after" must be a cursor of this list in this order; leave it out to start at the beginning.`,
      "after",
    );
  }
  return position;
}

function isOfShape(position: readonly unknown[], sortShape: SortShape): position is (string | number)[] {
  return (
    position.length === sortShape.length && sortShape.every((kind, index) => isOfKind(position[index], kind))
  );
}

function isOfKind(value: unknown, kind: SortKind): boolean {
  if (kind === "integer") return Number.isInteger(value) && Math.abs(Number(value)) <= SORT_INTEGER_MAX;
  if (typeof value !== "string") return false;
  switch (kind) {
    case "text":
      return textFault(value) === null;
    case "instant":
      return isDateTime(value);
    default:
      return value === kind.is;
  }
}

// Sort values are versions, revisions and such, which PostgreSQL may hold in 32 bits.
const SORT_INTEGER_MAX = 2 ** 31 - 1;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Refuses what a query cannot take; the path leads through its arguments. */
export function badArgument(message: string, ...path: string[]): GraphQLError {
  return new GraphQLError(message, { extensions: { code: "BAD_USER_INPUT", path } });
}
