import type { Single } from "./import.decider";
import { importParts } from "./importPlan.policy";
import type { AppOwnCommand } from "../apps/appOwn.decider";
import type { AnyAppEvent, AppState } from "../apps/app.state";
import { copyOfAppState } from "../apps/app.state";
import { decideAll } from "../lib/decideAll";
import { accept, type Circumstances, type Decision } from "../lib/decider";
import { refuseAll } from "../releases/releaseRules.policy";

type CreateApp = Extract<AppOwnCommand, { type: "CreateApp" }>;

/** An app begins with all that it starts with, so that nobody ever sees half of a copy. */
export function decideCreation(
  command: CreateApp,
  state: AppState,
  circumstances: Circumstances,
  single: Single,
): Decision<AnyAppEvent> {
  const { definition, note } = command.data;
  const begun = single.decide(command, state, circumstances);
  if (begun.outcome === "refused" || begun.events.length === 0 || !definition) return begun;
  const facts = { revision: -1, recordedAt: circumstances.at, actor: circumstances.actor };
  const empty = begun.events.reduce((app, event) => single.evolve(app, event, facts), copyOfAppState(state));
  const { parts, reasons } = importParts({ definition, note }, empty, circumstances);
  if (reasons.length > 0) return refuseAll(reasons);
  const filled = decideAll(single, parts, empty, circumstances);
  return filled.outcome === "refused" ? refuseAll(filled.reasons) : accept(...begun.events, ...filled.events);
}
