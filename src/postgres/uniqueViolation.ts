import { DatabaseError } from "pg";

/** Whether a statement failed, and changed nothing, because a row like one of its own is there already. */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === "23505";
}
