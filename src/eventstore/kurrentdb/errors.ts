import {
  AccessDeniedError,
  convertToCommandError,
  MaxAppendSizeExceededError,
  StreamDeletedError,
} from "@eventstore/db-client";
import { StoreUnavailable } from "../eventStore";

/** The server's settings that say how large an append may be; ours may be as large as APPEND_BYTES_MAX. */
const APPEND_SIZE_SETTINGS = "its KURRENTDB_MAX_APPEND_SIZE";

/** KurrentDB does not let us in, or not where we must. */
export class AccessRefused extends StoreUnavailable {
  constructor(cause: unknown) {
    super("KurrentDB refuses the user's name or password, or its rights.", { cause });
    this.name = "AccessRefused";
  }
}

/** gRPC's codes of what would fail again however often it is sent. */
const HOPELESS_CODES: ReadonlySet<unknown> = new Set([
  3, // INVALID_ARGUMENT
  11, // OUT_OF_RANGE
  12, // UNIMPLEMENTED
]);
const DENIED_CODES: ReadonlySet<unknown> = new Set([
  7, // PERMISSION_DENIED
  16, // UNAUTHENTICATED
]);

/** The error as callers of the port shall see it. What is not known to be hopeless may be sent again. */
export function storeErrorOf(error: unknown): Error {
  if (error instanceof StoreUnavailable) return error;
  if (!(error instanceof Error)) return new StoreUnavailable("KurrentDB gave no answer.", { cause: error });
  // Some come as they are and some as the client's own.
  const command = convertToCommandError(error) as Error & { code?: unknown };
  if (command instanceof AccessDeniedError || DENIED_CODES.has(command.code)) return new AccessRefused(error);
  if (command instanceof MaxAppendSizeExceededError) return tooLarge(command.maxAppendSize, error);
  if (command instanceof StreamDeletedError) {
    return new Error(
      `The stream ${command.streamName} was deleted in KurrentDB, and with it a part of the log.`,
      {
        cause: error,
      },
    );
  }
  if (HOPELESS_CODES.has(command.code))
    return new Error(`KurrentDB refuses it: ${reasonOf(command)}`, { cause: error });
  return new StoreUnavailable(`KurrentDB is away or did not answer (${reasonOf(command)}).`, {
    cause: error,
  });
}

function tooLarge(limit: number, cause: unknown): Error {
  return new Error(
    `KurrentDB takes no append of more than ${limit} bytes: allow larger ones by ${APPEND_SIZE_SETTINGS}.`,
    { cause },
  );
}

/** The client's own errors have no words sometimes, but always a type. */
function reasonOf(error: Error & { type?: unknown }): string {
  if (error.message !== "") return error.message;
  return typeof error.type === "string" ? error.type : error.name;
}
