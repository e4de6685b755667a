import fastifyFactory, { type FastifyInstance, type FastifyRequest } from "fastify";
import { createAnswerAtOnce } from "./answerAtOnce";
import { createApollo } from "./apollo";
import { publicError, sendErrors } from "./errorBody";
import { serveChanges } from "./changesRoute";
import { createSendText } from "./compression";
import { serveEventSchemas } from "./eventSchemaRoute";
import { serveEvaluate } from "./evaluateRoute";
import { createEventStreams, type EventStreams } from "./eventStream";
import { createGates } from "./gates";
import { GRAPHQL_PATH, serveGraphql } from "./graphqlRoutes";
import { serveHealth, type Readiness } from "./health";
import { serveIngest } from "./ingestRoutes";
import { serveIde } from "./ide";
import { serveMetrics, type MetricsPage } from "./metricsRoute";
import { BODY_TOO_LARGE, bodyBytesMaxOf } from "./bodyLimit";
import { BODY_BYTES_MAX, DRAIN_MS_MAX, REQUEST_MS_MAX } from "./limits";
import { requestIdOf } from "./requestId";
import { createSocketProtocol } from "./socketProtocol";
import { createStalls, type Stalls } from "./stalls";
import { watchRequests, type WatchRequest } from "./watchRequests";
import { attachWebSockets } from "./webSockets";
import type { Authenticate } from "../access/authenticate";
import type { Visits } from "../access/visits";
import type { Server } from "../graphql/context";
import { createEdge, type Edge } from "../graphql/edge";
import type { ReportError } from "../graphql/formatError";
import type { WatchOperation } from "../graphql/watchOperations";
import type { Listeners } from "../ofrep/listeners";
import { openOfrep } from "../ofrep/openOfrep";

export type HttpOptions = Readonly<{
  server: Server;
  /** What the addresses of OFREP's event streams are sealed with, the same on all servers. */
  streamSecret: Buffer;
  authenticate: Authenticate;
  visits: Visits;
  /** Told of our own faults, each with the id that the caller got instead of it; null: nobody is. */
  logger: FaultLogger | null;
  ready: () => Readiness | Promise<Readiness>;
  settings: HttpSettings;
  watch: Readonly<{ request: WatchRequest; operation: WatchOperation }>;
  metrics: MetricsPage;
}>;

export type FaultLogger = Readonly<{ error(facts: { id: string; err: unknown }, message: string): void }>;

export type HttpSettings = Readonly<{
  host: string;
  /** 0: any free one. */
  port: number;
  hasIntrospection: boolean;
  hasIde: boolean;
  /** Of subscriptions at once. */
  subscriptionsMax?: number;
  /** By what slow consumers are found. */
  stalls?: Stalls;
}>;

export type HttpServer = Readonly<{
  /** Starts to answer; resolves with the address. */
  listen: () => Promise<string>;
  /** How many are open of what stays open, and how many were dropped of OFREP's because they took nothing. */
  streams: () => Readonly<{ events: number; sockets: number; dropped: number }>;
  /** Stops accepting, lets requests under way finish within DRAIN_MS_MAX, and ends what never would. */
  close: () => Promise<void>;
}>;

/** Everything that answers over HTTP, on one port. */
export async function createHttpServer(options: HttpOptions): Promise<HttpServer> {
  const { server, authenticate, visits, logger, settings, watch } = options;
  const report: ReportError = (id, error) => logger?.error({ id, err: error }, `internal error ${id}`);
  const { hasIntrospection, subscriptionsMax, stalls = createStalls(() => performance.now()) } = settings;
  const edge = createEdge(server, { report, watch: watch.operation, hasIntrospection, subscriptionsMax });
  const apollo = createApollo(edge);
  await apollo.start();

  const fastify = createFastify(report);
  const streams = createEventStreams(visits, report, stalls);
  fastify.decorateRequest("actor", null);
  watchRequests(fastify, watch.request);
  const listeners = serveRoutes(fastify, options, { edge, apollo, streams, stalls });
  const protocol = createSocketProtocol(edge, authenticate, visits);
  const sockets = attachWebSockets(fastify.server, GRAPHQL_PATH, protocol, stalls);
  const stopWatching = stalls.watch();

  return {
    streams: () => ({
      events: streams.count() + listeners.count(),
      sockets: sockets.count(),
      dropped: listeners.dropped(),
    }),
    listen: () => fastify.listen({ host: settings.host, port: settings.port }),
    async close() {
      const cutOff = setTimeout(() => fastify.server.closeAllConnections(), DRAIN_MS_MAX);
      const closed = fastify.close();
      streams.endAll();
      listeners.close();
      await Promise.all([closed, sockets.close(DRAIN_MS_MAX)]);
      stopWatching();
      clearTimeout(cutOff);
      await apollo.stop();
    },
  };
}

type Served = Readonly<{
  edge: Edge;
  apollo: ReturnType<typeof createApollo>;
  streams: EventStreams;
  stalls: Stalls;
}>;

function serveRoutes(
  fastify: FastifyInstance,
  { server, streamSecret, authenticate, ready, settings, metrics }: HttpOptions,
  { edge, apollo, streams, stalls }: Served,
): Listeners {
  const { report } = edge;
  const gates = createGates(authenticate, report);
  serveHealth(fastify, ready);
  serveMetrics(fastify, { page: metrics, authenticate, report });
  if (settings.hasIde) serveIde(fastify);
  serveGraphql(fastify, { edge, answerAtOnce: createAnswerAtOnce(apollo), gates, streams });
  serveEventSchemas(fastify);
  serveChanges(fastify, { edge, gates, streams });
  serveIngest(fastify, { edge, gates });
  const sendText = createSendText();
  serveEvaluate(fastify, { server, gates, report, sendText });
  return openOfrep(fastify, { server, authenticate, report, sendText, stalls, secret: streamSecret });
}

function createFastify(report: ReportError): FastifyInstance {
  const fastify = fastifyFactory({
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_MS_MAX,
    genReqId: ({ headers }) => requestIdOf(headers),
    // `JSON.parse` makes own properties of these names, which are data like any other; deciders refuse them as names.
    onProtoPoisoning: "ignore",
    onConstructorPoisoning: "ignore",
    forceCloseConnections: "idle",
  });
  // A page of another origin can send plain text without asking; JSON it cannot.
  fastify.removeContentTypeParser("text/plain");
  fastify.setNotFoundHandler((_request, reply) => sendErrors(reply, 404, [nothingHere], report));
  fastify.setErrorHandler((error, request, reply) => {
    const { status, told } = toldError(error, bodyBytesMaxIn(request));
    return sendErrors(reply, status, [told], report);
  });
  return fastify;
}

const nothingHere = publicError(
  "NOT_FOUND",
  `There is nothing at this address. Send GraphQL to POST ${GRAPHQL_PATH}.`,
);

/** What the route takes, from this asker. */
function bodyBytesMaxIn({
  actor,
  routeOptions: { url, bodyLimit = BODY_BYTES_MAX },
}: FastifyRequest): number {
  return url === GRAPHQL_PATH ? Math.min(bodyLimit, bodyBytesMaxOf(actor)) : bodyLimit;
}

/** What fastify itself refused in words of ours; anything else is told as any error is. */
function toldError(error: unknown, bodyBytesMax: number): { status: number; told: unknown } {
  const { statusCode, code } = error as { statusCode?: unknown; code?: unknown };
  if (code === BODY_TOO_LARGE) {
    const message = `The body is larger than ${bodyBytesMax} bytes; send less at once.`;
    return { status: 413, told: publicError("LIMIT_EXCEEDED", message) };
  }
  if (code === "FST_ERR_CTP_INVALID_MEDIA_TYPE") {
    const message = "Send JSON, with the header `Content-Type: application/json`.";
    return { status: 415, told: publicError("BAD_REQUEST", message) };
  }
  if (typeof statusCode === "number" && statusCode >= 400 && statusCode < 500) {
    const message = `The body is not the JSON that its headers promise: ${(error as Error).message}`;
    return { status: statusCode, told: publicError("BAD_REQUEST", message) };
  }
  return { status: 500, told: error };
}
