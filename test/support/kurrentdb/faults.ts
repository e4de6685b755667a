import { Metadata, status, type ServerErrorResponse } from "@grpc/grpc-js";

/** What goes wrong at a node, for as long as it is set. */
export type Faults = {
  /** `silent`: it takes the append and never answers. `lost`: it writes it and breaks off. */
  append?: "silent" | "lost" | "ended" | ServerErrorResponse;
  /** Of reads that have an end. `stuck`: one event, and then silence. */
  read?: "silent" | "stuck" | ServerErrorResponse;
  /** `unconfirmed`: it never says that it has begun. `mute`: it brings nothing any more. */
  subscription?: "unconfirmed" | "mute" | ServerErrorResponse;
};

export const unavailable: ServerErrorResponse = {
  ...new Error("the node is shutting down"),
  name: "Error",
  message: "the node is shutting down",
  code: status.UNAVAILABLE,
  details: "the node is shutting down",
};

export function exception(
  code: status,
  name: string,
  facts: Record<string, string> = {},
): ServerErrorResponse {
  const metadata = new Metadata();
  metadata.set("exception", name);
  for (const [key, value] of Object.entries(facts)) metadata.set(key, value);
  return { name: "Error", message: name, code, details: name, metadata };
}

export const denied = exception(status.PERMISSION_DENIED, "access-denied");

export const notLeader = (host: string, port: number): ServerErrorResponse =>
  exception(status.NOT_FOUND, "not-leader", {
    "leader-endpoint-host": host,
    "leader-endpoint-port": String(port),
  });
