import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { forPages, openToPages } from "./cors";
import { sendErrors, sendFormatted, sendThrown, statusOf } from "./errorBody";
import { askerOf, type Gates } from "./gates";
import { knownPacking, Lines, takeLines, unpackedBody } from "./ingestBody";
import { UNPACKED_BODY_BYTES_MAX } from "./limits";
import { BATCH_MAX } from "../audience/identify.policy";
import { badInput } from "../delivery/userInput.graphql";
import { placeMeant } from "../access/placeMeant";
import { admit } from "../graphql/admit";
import type { Edge } from "../graphql/edge";
import { formatError } from "../graphql/formatError";
import { runOnce } from "../graphql/run";
import { isJsonObject, type Json, type JsonObject } from "../lib/json";

export const IDENTIFY_PATH = "/v1/identify";
export const TRACK_PATH = "/v1/track";

type Parts = Readonly<{ edge: Edge; gates: Gates }>;

/** What a path takes: the input of a mutation, which is asked for by this document. */
type Telling = Readonly<{
  path: string;
  mutation: string;
  document: string;
  /** The list in the input; of a body that is a list, or lines, it is that. */
  list: string;
  /** Other members of the input, which may stand in the address. */
  options: Readonly<Record<string, (text: string) => Json>>;
}>;

const ERRORS = "errors { code message path }";
const asText = (text: string): Json => text;
const ROUTES: readonly Telling[] = [
  {
    path: IDENTIFY_PATH,
    mutation: "identify",
    document: `mutation ($input: IdentifyInput!) { identify(input: $input) { accepted ${ERRORS} } }`,
    list: "users",
    options: { app: asText, environment: asText, mode: asText },
  },
  {
    path: TRACK_PATH,
    mutation: "track",
    document: `mutation ($input: TrackInput!) { track(input: $input) { accepted duplicates ${ERRORS} } }`,
    list: "events",
    options: {
      app: asText,
      environment: asText,
      // Anything else is refused as what is no boolean.
      partial: (text) => (text === "true" || text === "false" ? text === "true" : text),
    },
  },
];

/** The mutations `identify` and `track` in plain JSON or lines of it: with their rights, limits and refusals. */
export function serveIngest(fastify: FastifyInstance, { edge, gates }: Parts): void {
  takeLines(fastify);
  openToPages(fastify, "POST", [IDENTIFY_PATH, TRACK_PATH]);
  const hooks = {
    ...gates,
    onRequest: [forPages, gates.onRequest, knownPacking(edge.report)],
    preParsing: unpackedBody,
    bodyLimit: UNPACKED_BODY_BYTES_MAX,
  };
  for (const telling of ROUTES) {
    fastify.post(telling.path, hooks, (request, reply) =>
      tell(edge, telling, request, reply).catch((error: unknown) => sendThrown(reply, error, edge.report)),
    );
  }
}

async function tell(
  edge: Edge,
  telling: Telling,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const admitted = admit(edge, { query: telling.document, variables: { input: inputOf(telling, request) } });
  if (admitted.errors !== null) return sendErrors(reply, 400, admitted.errors, edge.report);
  const { data, errors = [] } = await runOnce(edge, askerOf(request), admitted);
  const told = errors.map((error) => formatError(error, edge.report));
  const [first] = told;
  if (first) return sendFormatted(reply, statusOf(first), told);
  const payload = data?.[telling.mutation] as Payload;
  return reply.code(statusOfPayload(payload)).type("application/json; charset=utf-8").send(payload);
}

type Payload = Readonly<{ accepted: number | null; errors: readonly Readonly<{ code: string }>[] }>;

/** What was refused as a whole is refused by the status too. */
function statusOfPayload({ accepted, errors: [first] }: Payload): number {
  if (accepted !== null || first === undefined) return 200;
  if (first.code === "NOT_FOUND") return 404;
  return first.code === "FORBIDDEN" ? 403 : 422;
}

/** The mutation's input. @throws BAD_USER_INPUT, BAD_REQUEST */
function inputOf(telling: Telling, request: FastifyRequest): JsonObject {
  const { actor } = askerOf(request);
  const given = { ...inAddress(telling, request), ...inBody(telling, request.body) };
  const { app = null, environment = null } = given;
  // A name that is no text is refused as what is no name.
  const place = placeMeant<Json>(actor, { app, environment });
  if (place === null) throw badInput("This token is of several apps; give the app's slug.", ["app"]);
  return { ...given, ...place };
}

/** A name that is not known could be one that is misspelt. */
function inAddress({ path, options }: Telling, { query }: FastifyRequest): JsonObject {
  const given = Object.entries(query as Readonly<Record<string, string | string[]>>);
  return Object.fromEntries(
    given.map(([name, value]) => {
      const read = Object.hasOwn(options, name) ? options[name] : undefined;
      const names = Object.keys(options).join(", ");
      if (!read)
        throw badInput(`The address ${path} takes ${names}, and no "${name.slice(0, 100)}".`, [name]);
      if (typeof value !== "string") throw badInput(`The address takes one "${name}".`, [name]);
      return [name, read(value)];
    }),
  );
}

function inBody({ list }: Telling, body: unknown): JsonObject {
  if (body instanceof Lines) return { [list]: [...body.values(BATCH_MAX)] };
  if (Array.isArray(body)) return { [list]: body as Json[] };
  if (isJsonObject(body as Json)) return body as JsonObject;
  throw badInput(`Send an object with "${list}", or a list of them, or one on each line.`, [list]);
}
