import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { GraphQLError, type FormattedExecutionResult, type GraphQLFormattedError } from "graphql";
import { sendErrors, sendFormatted } from "./errorBody";
import { tooManyStreams, type EventFormat, type EventStreams } from "./eventStream";
import { askerOf, type Gates } from "./gates";
import { FILTER_VALUES_MAX } from "../changes/changes.graphql";
import { admit } from "../graphql/admit";
import type { Edge } from "../graphql/edge";
import { isResultStream, run, type Delivery, type ResultStream } from "../graphql/run";

export const CHANGES_PATH = "/changes";

type Parts = Readonly<{ edge: Edge; gates: Gates; streams: EventStreams }>;

/**
 * The feed of changes as server-sent events, for `curl -N` and EventSource: the items of the subscription `changes`, asked
 * for by that document and so with its rights, limits and refusals. `Last-Event-ID` counts as `after`.
 */
export function serveChanges(fastify: FastifyInstance, { edge, gates, streams }: Parts): void {
  fastify.get(CHANGES_PATH, gates, async (request, reply) => {
    const variables = variablesIn(request);
    if (variables instanceof GraphQLError) return sendErrors(reply, 400, [variables], edge.report);
    const admitted = admit(edge, { query: FOLLOW, variables });
    if (admitted.errors !== null) return sendErrors(reply, 400, admitted.errors, edge.report);
    if (streams.isFull()) return sendErrors(reply, 503, [tooManyStreams], edge.report);
    const results = await run(edge, askerOf(request), admitted);
    if (!isResultStream(results)) return refuse(reply, results);
    // What cannot be followed shows at the first item, for which a consumer never waits; then it is told by the status.
    const first = await results.next();
    const errors = first.done === true ? null : first.value[0]?.errors;
    if (errors) return refuse(reply, { errors });
    return streams.send(request, reply, goingOn(first, results), CHANGE_EVENTS);
  });
}

const FOLLOW = `subscription ($app: String!, $after: String, $since: DateTime, $startAt: ChangesStartAt, $filter: ChangeFilterInput, $consumer: String, $instance: String) {
  changes(app: $app, after: $after, since: $since, startAt: $startAt, filter: $filter, consumer: $consumer, instance: $instance) {
    cursor kind lease
    event { specversion id type source subject time datacontenttype dataschema sequence entityKind actor { id } note environment before after }
  }
}`;

const CHANGE_EVENTS: EventFormat = {
  write({ text, errors, cursor }) {
    if (errors) return `event: error\ndata: ${JSON.stringify({ errors })}\n\n`;
    return `id: ${cursor}\ndata: ${text.slice(BEFORE_ITEM.length, -AFTER_ITEM.length)}\n\n`;
  },
  end: "",
};
/** What stands around the item in a result of the document above. */
const BEFORE_ITEM = `{"data":{"changes":`;
const AFTER_ITEM = "}}";

const TEXTS = ["app", "after", "since", "startAt", "consumer", "instance"] as const;
const LISTS = ["environments", "kinds", "types", "entities", "tags"] as const;
/** One value each time, which may hold a comma, as a tag may. */
const SINGLES = { tag: "tags" } as const;
const NAMES: readonly string[] = [...TEXTS, ...LISTS, ...Object.keys(SINGLES)];

/** The subscription's arguments as the address has them. A name that is not known could be a start that is misspelt, and is refused. */
function variablesIn({ query, headers }: FastifyRequest): Record<string, unknown> | GraphQLError {
  const given = query as Readonly<Record<string, string | string[]>>;
  const unknown = Object.keys(given).find((name) => !NAMES.includes(name));
  if (unknown !== undefined)
    return badQuery(`takes ${NAMES.join(", ")}, and no "${unknown.slice(0, 100)}"`, unknown);
  const repeated = TEXTS.find((name) => Array.isArray(given[name]));
  if (repeated !== undefined) return badQuery(`takes one "${repeated}"`, repeated);
  if (given["app"] === undefined) return badQuery("needs the app's slug: /changes?app=shop", "app");
  const filter = filterIn(given);
  const { app, after, since, startAt, consumer, instance } = given;
  const last = consumer === undefined ? headers["last-event-id"] : undefined;
  // Whoever comes back sends the address that they began with, and how far they came; of a consumer that is known here.
  const start = typeof last === "string" && last !== "" ? { after: last } : { after, since, startAt };
  return { app, ...start, filter, consumer, instance };
}

/** Of what is much too much, as much as the filter refuses. */
function filterIn(given: Readonly<Record<string, string | string[]>>): Record<string, string[]> {
  const filter: Record<string, string[]> = {};
  for (const name of LISTS) {
    const values = given[name];
    if (values !== undefined)
      filter[name] = [values]
        .flat()
        .join(",")
        .split(",", FILTER_VALUES_MAX + 1);
  }
  for (const [name, list] of Object.entries(SINGLES)) {
    const values = given[name];
    if (values !== undefined)
      filter[list] = [filter[list] ?? [], values].flat(2).slice(0, FILTER_VALUES_MAX + 1);
  }
  return filter;
}

function badQuery(problem: string, name: string): GraphQLError {
  return new GraphQLError(`The address ${problem}.`, {
    extensions: { code: "BAD_USER_INPUT", path: [name] },
  });
}

function refuse(reply: FastifyReply, { errors = [] }: FormattedExecutionResult): FastifyReply {
  return sendFormatted(reply, statusOf(errors), errors);
}

const STATUS: Readonly<Record<string, number>> = {
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CURSOR_UNKNOWN: 410,
  CONSUMER_BUSY: 409,
  INTERNAL: 500,
  LIMIT_EXCEEDED: 503,
};

function statusOf([error]: readonly GraphQLFormattedError[]): number {
  return STATUS[String(error?.extensions?.["code"])] ?? 400;
}

/** Ends as `rest` does, also while it waits. */
function goingOn(first: IteratorResult<readonly Delivery[], void>, rest: ResultStream): ResultStream {
  let isFirst = true;
  return {
    ...rest,
    next() {
      if (!isFirst) return rest.next();
      isFirst = false;
      return Promise.resolve(first);
    },
  };
}
