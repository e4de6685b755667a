import { archivedApp, decideApp, isAppOwnCommand, noSuchApp, type AppOwnCommand } from "./appOwn.decider";
import { copyOfAppState, evolveApp, initialAppState, type AnyAppEvent, type AppState } from "./app.state";
import { decideEnvironment, isEnvironmentCommand, type EnvironmentCommand } from "./environment.decider";
import { openEnvironments } from "./environment.state";
import { promotionNeeds, promotionParts, type PromoteCommand } from "./promotion.policy";
import { reachRefusals } from "./reach.policy";
import { decideToken, isTokenCommand, type TokenCommand } from "../access/token.decider";
import { configDecider, type ConfigCommand } from "../configs/config.decider";
import { decideCreation } from "../definitions/copy.decider";
import { decideImport, type ImportCommand } from "../definitions/import.decider";
import { importNeeds } from "../definitions/importPlan.policy";
import {
  decideExperiment,
  isExperimentCommand,
  type ExperimentCommand,
} from "../experiments/experiment.decider";
import { goalDecider, isGoalCommand, type GoalCommand } from "../goals/goal.decider";
import { flagDecider, type FlagCommand } from "../flags/flag.decider";
import { isKeyCommand, keyDecider, type KeyCommand } from "../keys/key.decider";
import { decideLabels, isLabelCommand, type LabelCommand } from "../labels/label.decider";
import { decideAll } from "../lib/decideAll";
import { refuse, withWarnings, type Circumstances, type Decider, type Decision } from "../lib/decider";
import { boundedWarnings } from "../lib/warning";
import { isKindlessCommand, type KindlessCommand } from "../releases/release.commands";
import { isSegmentCommand, segmentDecider, type SegmentCommand } from "../segments/segment.decider";
import { decideWebhook, isWebhookCommand, type WebhookCommand } from "../webhooks/webhook.decider";

/** Everything that can be asked of an app's stream. */
export type AppCommand = SingleCommand | PromoteCommand | ImportCommand;

/** What concerns one thing; the others are several of these at once. */
export type SingleCommand =
  | AppOwnCommand
  | EnvironmentCommand
  | KeyCommand
  | SegmentCommand
  | GoalCommand
  | ConfigCommand
  | LabelCommand
  | FlagCommand
  | ExperimentCommand
  | KindlessCommand
  | TokenCommand
  | WebhookCommand;

/** Composes the slices' deciders into the one that decides over an app's stream. */
export const appDecider: Decider<AppState, AppCommand, AnyAppEvent> = {
  initialState: initialAppState,
  evolve: evolveApp,

  needs(command, state) {
    if (command.type === "Promote") return promotionNeeds(command.data, state);
    if (command.type === "ImportApp") return importNeeds(command.data, state);
    if (isKeyCommand(command)) return keyDecider.needs(command, state);
    if (isKindlessCommand(command)) return deciderOf(command, state).needs(command, state);
    if (flagDecider.isCommand(command)) return flagDecider.needs(command, state);
    return configDecider.isCommand(command) ? configDecider.needs(command, state) : [];
  },

  decide(command, state, circumstances: Circumstances) {
    const decision = decideAny(command, state, circumstances);
    if (decision.outcome === "refused") return decision;
    const reasons = reachRefusals(command, decision.events, state, circumstances);
    if (reasons.length > 0) return refuse(...reasons);
    return withWarnings(decision, boundedWarnings(decision.warnings ?? []));
  },
};

function decideAny(
  command: AppCommand,
  state: AppState,
  circumstances: Circumstances,
): Decision<AnyAppEvent> {
  if (command.type === "Promote") return decidePromotion(command, state, circumstances);
  if (command.type === "ImportApp") return decideImport(command, state, circumstances, single);
  if (command.type === "CreateApp") return decideCreation(command, state, circumstances, single);
  return decideOne(command, state, circumstances);
}

function decidePromotion(
  { data }: PromoteCommand,
  state: AppState,
  circumstances: Circumstances,
): Decision<AnyAppEvent> {
  if (state.slug === null) return refuse(noSuchApp);
  if (state.isArchived) return refuse(archivedApp);
  const { parts, reasons } = promotionParts(data, state);
  if (reasons.length > 0) return refuse(...reasons);
  return decideAll(single, parts, copyOfAppState(state), circumstances);
}

/** What decides each of several. */
const single = { decide: decideOne, evolve: evolveApp };

function decideOne(
  command: SingleCommand,
  state: AppState,
  circumstances: Circumstances,
): Decision<AnyAppEvent> {
  if (isAppOwnCommand(command)) return decideApp(command, state);
  if (state.slug === null) return refuse(noSuchApp);
  if (state.isArchived && !ALSO_IN_ARCHIVED_APPS.has(command.type)) return refuse(archivedApp);
  if (isTokenCommand(command)) {
    const { tokens } = state;
    return decideToken(command, { tokens, environments: openEnvironments(state) }, circumstances);
  }
  if (isWebhookCommand(command)) return decideWebhook(command, state.webhooks, circumstances);
  if (isEnvironmentCommand(command)) return decideEnvironment(command, state);
  if (isKeyCommand(command)) return keyDecider.decide(command, state, circumstances);
  if (isSegmentCommand(command)) return segmentDecider.decide(command, state, circumstances);
  if (isGoalCommand(command)) return goalDecider.decide(command, state, circumstances);
  if (isExperimentCommand(command)) return decideExperiment(command, state, circumstances);
  if (isLabelCommand(command)) return decideLabels(command, state);
  if (isKindlessCommand(command)) {
    return deciderOf(command, state).decide(command, state, circumstances);
  }
  if (flagDecider.isCommand(command)) return flagDecider.decide(command, state, circumstances);
  return configDecider.decide(command, state, circumstances);
}

/** Who was let in must be kept out, and what is sent out must end, whatever becomes of the app. */
const ALSO_IN_ARCHIVED_APPS: ReadonlySet<SingleCommand["type"]> = new Set([
  "RevokeToken",
  "DisableWebhook",
  "DeleteWebhook",
] as const);

/** Of the kind of release that it is about. What nobody knows is refused by any of them in the same words. */
function deciderOf(command: KindlessCommand, state: AppState) {
  return flagDecider.isOfKind(command, state) ? flagDecider : configDecider;
}
