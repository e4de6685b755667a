import { GraphQLError, type ExecutionArgs, type FormattedExecutionResult } from "graphql";
import { makeServer, type OperationResult, type Server, type SubscribePayload } from "graphql-ws";
import type { WebSocket } from "ws";
import type { Authenticate } from "../access/authenticate";
import { admit } from "../graphql/admit";
import type { Actor } from "../graphql/context";
import type { Edge } from "../graphql/edge";
import { formatError } from "../graphql/formatError";
import { run, type AdmittedOperation } from "../graphql/run";

export const SUBSCRIPTIONS_PER_SOCKET_MAX = 100;
const UNAUTHORIZED = 4401;

/** What is known of a socket: `actor` once its token was checked. */
export type SocketFacts = { socket: WebSocket; authorization: string | undefined; actor: Actor | null };
export type SocketProtocol = Server<SocketFacts>;

/** GraphQL in the graphql-transport-ws protocol. The token comes in `connection_init` as `authorization`, or as a header. */
export function createSocketProtocol(edge: Edge, authenticate: Authenticate): SocketProtocol {
  const runFor = ({ rootValue, contextValue }: ExecutionArgs): OperationResult => {
    // Both are as `onSubscribe` below gave them.
    const results = run(edge, contextValue as Actor, rootValue as AdmittedOperation);
    // Formatted results differ from unformatted ones in type only where `onNext` below hands them on.
    return results as unknown as OperationResult;
  };
  return makeServer<Record<string, unknown>, SocketFacts>({
    async onConnect({ connectionParams, extra }) {
      const given = connectionParams?.["authorization"] ?? connectionParams?.["Authorization"];
      extra.actor = await authenticate(typeof given === "string" ? given : extra.authorization);
      if (extra.actor) return true;
      extra.socket.close(UNAUTHORIZED, "Unauthorized");
      return false;
    },
    onSubscribe: ({ subscriptions, extra: { actor } }, _id, payload) =>
      Object.keys(subscriptions).length > SUBSCRIPTIONS_PER_SOCKET_MAX
        ? [tooManySubscriptions()]
        : subscribing(edge, actor, payload),
    execute: runFor,
    subscribe: runFor,
    onNext: (_socket, _id, _payload, _request, result) => result as FormattedExecutionResult,
    onError: (_socket, _id, _payload, errors) => errors.map((error) => formatError(error, edge.report)),
  });
}

function subscribing(
  edge: Edge,
  actor: Actor | null,
  payload: SubscribePayload,
): ExecutionArgs | readonly GraphQLError[] {
  const admitted = admit(edge, payload);
  if (admitted.errors !== null) return admitted.errors;
  const { document, operationName } = admitted;
  return { schema: edge.schema, document, operationName, rootValue: admitted, contextValue: actor };
}

function tooManySubscriptions(): GraphQLError {
  const message = `A socket carries at most ${SUBSCRIPTIONS_PER_SOCKET_MAX} operations at once; open another one.`;
  return new GraphQLError(message, { extensions: { code: "LIMIT_EXCEEDED" } });
}
