import type { TokenEvent } from "../access/token.events";
import type { EventSkipped } from "../lib/eventSkipped";
import type { Event } from "../lib/decider";

/** What spans apps, in the one `instance` stream. Names and shapes are the stored format: change them only by adding. */
export type InstanceEvent =
  | TokenEvent
  /** Reserves a slug. The app's own stream starts with AppCreated right after, and goes on with what it copies, if it does. */
  | Event<"AppRegistered", { slug: string; name: string; note: string; copiedFrom: string | null }>
  /** Replaces the admin token, if there was one. `hash` is the SHA-256 of the secret, in hex. */
  | Event<"AdminTokenIssued", { tokenId: string; hash: string }>
  /** In the place of an event that nobody could read, of whatever kind. */
  | EventSkipped;

/** The id of the admin token, whichever secret it has. Of the same form as ids of other tokens of all apps, and no such id. */
export const ADMIN_TOKEN_ID = "token_instance_admin";

export const INSTANCE_STREAM = "instance";
