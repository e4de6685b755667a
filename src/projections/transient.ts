import { StoreUnavailable } from "../eventstore/eventStore";
import { DatabaseUnavailable } from "../postgres/database";

/** PostgreSQL gave one of two transactions up, for no fault of its own. */
const LOST_TO_ANOTHER = new Set(["40001", "40P01"]);

/** Whether the same thing, done again, may well succeed. Everything else is somebody's mistake. */
export function isTransient(error: unknown): boolean {
  if (error instanceof DatabaseUnavailable || error instanceof StoreUnavailable) return true;
  return (
    error instanceof Error &&
    "code" in error &&
    typeof error.code === "string" &&
    LOST_TO_ANOTHER.has(error.code)
  );
}
