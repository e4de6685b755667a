import type { User } from "./audience.graphql";
import type { StoredUser } from "./storedUser.queries";
import type { Place } from "./userKey";

/** A user as the API shows it. */
export function toUser(place: Place, stored: StoredUser): User {
  const { id, aliases, properties, created_at: createdAt, updated_at: updatedAt } = stored;
  return { place, id, aliases, properties, createdAt, updatedAt };
}
