import { createHash } from "node:crypto";
import type { Outcome } from "./outcome.policy";

/** A UUID that all servers give the same outcome. */
export function outcomeId(outcome: Outcome): string {
  const { app, environment, key, source, version, segment, reason, value } = outcome;
  const parts = [app, environment, key, source, version, segment, reason, value];
  const hex = createHash("sha256").update(JSON.stringify(parts)).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}
