import { ADMIN_ACTOR } from "./adminToken";
import { isTokenEvent, type TokenEvent } from "./token.events";
import { tokenTable, type TokenRow } from "./token.tables";
import { APP_STREAM_PREFIX, slugOfStream } from "../apps/app.events";
import { ADMIN_TOKEN_ID, type InstanceEvent } from "../apps/instance.events";
import type { RecordedEvent } from "../eventstore/eventStore";
import { invariant } from "../lib/invariant";
import type { JsonObject } from "../lib/json";
import type { Rows } from "../projections/projection";
import type { SliceProjection } from "../projections/sliceProjection";

/** The entity kind of tokens in the feed, which only administrators see there. */
export const TOKEN_KIND = "Token" as const;

/** Keeps all tokens, the admin token among them: who lists them, and who authenticates requests, reads the same rows. */
export const tokenProjection: SliceProjection = {
  tables: [tokenTable],

  reads(recorded) {
    const event = tokenEvent(recorded);
    return event ? [{ table: tokenTable, key: [event.data.id] }] : [];
  },

  apply(recorded, rows) {
    const issued = adminTokenIssued(recorded);
    if (issued) return rows.put(tokenTable, adminRow(recorded, issued));
    const event = tokenEvent(recorded);
    if (!event) return;
    const isNew = event.type === "TokenCreated";
    rows.put(tokenTable, isNew ? created(recorded, event) : changed(recorded, event, rows));
  },

  document(recorded, rows) {
    const event = tokenEvent(recorded);
    if (!event) return null;
    const { id } = event.data;
    const row = rows.get(tokenTable, [id]);
    return { kind: TOKEN_KIND, id, environment: null, document: row ? documentOf(row) : null };
  },
};

type Of<Type extends InstanceEvent["type"]> = Extract<InstanceEvent, { type: Type }>;

function tokenEvent({ type, data }: RecordedEvent): TokenEvent | null {
  // Events come from the log, where only deciders write them.
  return isTokenEvent({ type }) ? ({ type, data } as TokenEvent) : null;
}

function adminTokenIssued({ type, data }: RecordedEvent): Of<"AdminTokenIssued">["data"] | null {
  return type === "AdminTokenIssued" ? (data as Of<"AdminTokenIssued">["data"]) : null;
}

/** One row, whichever secret it has: so the one before it ends with the batch that shows the new one. */
function adminRow({ meta }: RecordedEvent, { hash }: Of<"AdminTokenIssued">["data"]): TokenRow {
  return {
    ...NEW_ROW,
    id: ADMIN_TOKEN_ID,
    app: null,
    actor: ADMIN_ACTOR,
    name: "admin",
    kind: "PERSON",
    role: "ADMIN",
    environments: null,
    hash,
    expires_at: null,
    note: "",
    created_at: meta.recordedAt,
    created_by: meta.actor,
  };
}

function created({ stream, meta }: RecordedEvent, { data }: Of<"TokenCreated">): TokenRow {
  const { id, name, kind, role, environments, expiresAt, hash, note } = data;
  return {
    ...NEW_ROW,
    id,
    app: stream.startsWith(APP_STREAM_PREFIX) ? slugOfStream(stream) : null,
    actor: id,
    name,
    kind,
    role,
    environments,
    hash,
    expires_at: expiresAt,
    note,
    created_at: meta.recordedAt,
    created_by: meta.actor,
  };
}

const NEW_ROW = {
  previous_hash: null,
  previous_ends_at: null,
  rotated_at: null,
  revoked_at: null,
  revoked_by: null,
};

function changed(
  { meta }: RecordedEvent,
  { type, data }: Exclude<TokenEvent, { type: "TokenCreated" }>,
  rows: Rows,
): TokenRow {
  const before = rows.get(tokenTable, [data.id]);
  invariant(before, `the stream changes token "${data.id}" before it creates it`);
  const row = { ...before, note: data.note };
  switch (type) {
    case "TokenRotated":
      return {
        ...row,
        hash: data.hash,
        previous_hash: before.hash,
        previous_ends_at: data.previousEndsAt,
        rotated_at: meta.recordedAt,
      };
    case "TokenRevoked":
      return {
        ...row,
        hash: null,
        previous_hash: null,
        revoked_at: meta.recordedAt,
        revoked_by: meta.actor,
      };
  }
}

/** The token as the change feed shows it to administrators; never a hash. */
function documentOf(row: Readonly<TokenRow>): JsonObject {
  return {
    id: row.id,
    name: row.name,
    kind: row.kind,
    role: row.role,
    environments: row.environments,
    expiresAt: row.expires_at,
    isRevoked: row.revoked_at !== null,
    note: row.note,
  };
}
