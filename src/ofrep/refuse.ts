import type { FastifyReply, FastifyRequest } from "fastify";
import type { OfrepErrorCode } from "./answers";
import { comeBack, formatError, type ReportError } from "../graphql/formatError";
import { BODY_TOO_LARGE } from "../http/bodyLimit";

type Refused = Readonly<{
  status: number;
  errorCode: OfrepErrorCode;
  errorDetails: string;
  seconds: number | null;
}>;

/** Answers in the statuses and codes of the protocol, which has fewer of both than we have; clients take others for no answer at all. */
export function refuse(
  request: FastifyRequest,
  reply: FastifyReply,
  error: unknown,
  report: ReportError,
): FastifyReply {
  const { status, seconds, ...told } = isOfFastify(error) ? refusedBody(error) : refused(error, report);
  if (seconds !== null) void reply.header("retry-after", seconds);
  if (status === 401) void reply.header("www-authenticate", "Bearer");
  const key = keyIn(request);
  return reply
    .code(status)
    .type("application/json; charset=utf-8")
    .send(JSON.stringify(key === null ? told : { key, ...told }));
}

/** The key that is asked for; null if it is all of them. */
export function keyIn({ params }: FastifyRequest): string | null {
  const { "*": key = null } = params as { "*"?: string };
  return key;
}

const REFUSED: Readonly<Record<string, Pick<Refused, "status" | "errorCode">>> = {
  BAD_USER_INPUT: { status: 400, errorCode: "INVALID_CONTEXT" },
  BAD_REQUEST: { status: 400, errorCode: "PARSE_ERROR" },
  // An app or environment that is not there, or not the token's.
  NOT_FOUND: { status: 400, errorCode: "GENERAL" },
  UNAUTHENTICATED: { status: 401, errorCode: "GENERAL" },
  FORBIDDEN: { status: 403, errorCode: "GENERAL" },
  RATE_LIMITED: { status: 429, errorCode: "GENERAL" },
};

function refused(error: unknown, report: ReportError): Refused {
  const formatted = formatError(error, report);
  const { message, extensions = {} } = formatted;
  const told = REFUSED[String(extensions["code"])] ?? { status: 500, errorCode: "GENERAL" };
  const id = extensions["id"];
  const errorDetails = typeof id === "string" ? `${message} It is noted as ${id}.` : message;
  return { ...told, errorDetails, seconds: comeBack([formatted])?.seconds ?? null };
}

type FastifyFault = Error & Readonly<{ code: string; statusCode: number }>;

/** What was refused before anything of it was read. */
function isOfFastify(error: unknown): error is FastifyFault {
  const { statusCode } = error as { statusCode?: unknown };
  return typeof statusCode === "number" && statusCode >= 400 && statusCode < 500;
}

function refusedBody({ code, message }: FastifyFault): Refused {
  if (code === BODY_TOO_LARGE) {
    return {
      status: 400,
      errorCode: "INVALID_CONTEXT",
      errorDetails: "The context is too large; send less.",
      seconds: null,
    };
  }
  const errorDetails = `Send JSON, with the header \`Content-Type: application/json\`: ${message}`;
  return { status: 400, errorCode: "PARSE_ERROR", errorDetails, seconds: null };
}
