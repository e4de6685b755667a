import { randomUUID } from "node:crypto";
import { GraphQLError, type ExecutionArgs, type FormattedExecutionResult } from "graphql";
import { makeServer, type OperationResult, type Server, type SubscribePayload } from "graphql-ws";
import type { WebSocket } from "ws";
import type { Authenticate } from "../access/authenticate";
import type { Visits } from "../access/visits";
import { admit } from "../graphql/admit";
import type { Actor } from "../access/roles.policy";
import type { Asker, Edge } from "../graphql/edge";
import { formatError } from "../graphql/formatError";
import { isResultStream, run, type AdmittedOperation } from "../graphql/run";
import type { Outlet } from "./outlet";
import { sendResults } from "./sendResults";

export const SUBSCRIPTIONS_PER_SOCKET_MAX = 100;
const UNAUTHORIZED = 4401;

/** What is known of a socket. `authorization` is its header's, until the one comes that counts. */
export type SocketFacts = { socket: WebSocket; authorization: string | undefined; outlet: Outlet };
export type SocketProtocol = Server<SocketFacts>;

/** GraphQL in the graphql-transport-ws protocol. The token comes in `connection_init` as `authorization`, or as a header. */
export function createSocketProtocol(
  edge: Edge,
  authenticate: Authenticate,
  visits: Pick<Visits, "enter">,
): SocketProtocol {
  const runFor = async ({ rootValue, contextValue }: ExecutionArgs): Promise<Awaited<OperationResult>> => {
    // Both are as `onSubscribe` below gave them.
    const { asker, ...receiver } = contextValue as Subscriber;
    const results = await run(edge, asker, rootValue as AdmittedOperation);
    const given = isResultStream(results) ? sendResults(results, receiver) : results;
    // Formatted results differ from unformatted ones in type only where `onNext` below hands them on.
    return given as Awaited<OperationResult>;
  };
  return makeServer<Record<string, unknown>, SocketFacts>({
    async onConnect({ connectionParams, extra }) {
      const given = connectionParams?.["authorization"] ?? connectionParams?.["Authorization"];
      const { socket } = extra;
      if (typeof given === "string") extra.authorization = given;
      const end = (): void => socket.close(UNAUTHORIZED, "Unauthorized");
      if (!(await authenticate(extra.authorization))) {
        end();
        return false;
      }
      socket.once("close", visits.enter(extra.authorization, end));
      return true;
    },
    async onSubscribe({ subscriptions, extra: { socket, authorization, outlet } }, id, payload) {
      if (Object.keys(subscriptions).length > SUBSCRIPTIONS_PER_SOCKET_MAX) return [tooManySubscriptions()];
      const actor = await authenticate(authorization);
      if (!actor) socket.close(UNAUTHORIZED, "Unauthorized");
      return actor ? subscribing(edge, { actor, id, outlet }, payload) : [unauthenticated()];
    },
    execute: runFor,
    subscribe: runFor,
    onNext: (_socket, _id, _payload, _request, result) => result as FormattedExecutionResult,
    onError: (_socket, _id, _payload, errors) => errors.map((error) => formatError(error, edge.report)),
  });
}

/** Who asks, and where the results go. */
type Subscriber = Readonly<{ asker: Asker; id: string; outlet: Outlet }>;

function subscribing(
  edge: Edge,
  { actor, id, outlet }: Readonly<{ actor: Actor; id: string; outlet: Outlet }>,
  payload: SubscribePayload,
): ExecutionArgs | readonly GraphQLError[] {
  const admitted = admit(edge, payload);
  if (admitted.errors !== null) return admitted.errors;
  const { document, operationName } = admitted;
  const contextValue: Subscriber = { asker: { actor, requestId: randomUUID() }, id, outlet };
  return { schema: edge.schema, document, operationName, rootValue: admitted, contextValue };
}

function unauthenticated(): GraphQLError {
  const message = "The token that this socket was opened with has ended; open one with another token.";
  return new GraphQLError(message, { extensions: { code: "UNAUTHENTICATED" } });
}

function tooManySubscriptions(): GraphQLError {
  const message = `A socket carries at most ${SUBSCRIPTIONS_PER_SOCKET_MAX} operations at once; open another one.`;
  return new GraphQLError(message, { extensions: { code: "LIMIT_EXCEEDED" } });
}
