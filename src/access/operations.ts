import type { Limited } from "./rateLimits";
import type { Right } from "./roles.policy";

/**
 * Everything that can be asked of the API: which right it needs, and where in its arguments stands whose business it is.
 * `mayDo` decides by this table, docs/roles.md is printed from it, and a field that has no row here cannot be built.
 */
export type Operation = Readonly<{
  right: Right | null;
  of: Subject;
  /** The argument that names the environment, where one belongs to what is asked. */
  environment?: string;
  /** Where it changes what somebody gets, in words, and the right that it takes in each of these environments. */
  reach?: Reach;
  /** Arguments that reach into the past, which is not for clients. */
  notForClients?: readonly string[];
}>;

export type Reach = Readonly<{ right: Right; where: string }>;

export type Subject =
  /** Whoever has a valid token, and nothing else. */
  | Readonly<{ kind: "ANYBODY" }>
  /** The app whose slug an argument holds. */
  | Readonly<{ kind: "APP"; argument: string }>
  /** The app in an opaque id, as that of a config. */
  | Readonly<{ kind: "THING"; argument: string; noun: string }>
  /** Whatever of it the actor may see: the answer leaves out the rest. */
  | Readonly<{ kind: "SEEN" }>
  /** All apps together. */
  | Readonly<{ kind: "ALL_APPS" }>
  /** The app whose slug an argument holds; all apps if it holds none. */
  | Readonly<{ kind: "APP_OR_ALL"; argument: string }>;

export const ROOT_TYPES = ["Query", "Mutation", "Subscription"] as const;
export type RootType = (typeof ROOT_TYPES)[number];

const inApp = (argument = "app"): Subject => ({ kind: "APP", argument });
const ofThing = (argument: string, noun: string): Subject => ({ kind: "THING", argument, noun });
const config = ofThing("configId", "config");
const flag = ofThing("flagId", "flag");
const segment = ofThing("segmentId", "segment");
const goal = ofThing("goalId", "goal");
const experiment = ofThing("experimentId", "experiment");
const schedule = ofThing("id", "scheduled publication");
const preview = ofThing("id", "preview");
const token = ofThing("tokenId", "token");
const webhook = ofThing("webhookId", "webhook");
const job = ofThing("jobId", "job");
/** What users get takes the right to publish. */
const live = (where: string): Reach => ({ right: "PUBLISH", where });
const itsEnvironment = live("its `environment`");
const whereLive = live("wherever that is active or scheduled");
/** What test users get beside the others takes the right to edit. */
const previewed = (where: string): Reach => ({ right: "EDIT", where });

export const OPERATIONS: { readonly [Type in RootType]: Readonly<Record<string, Operation>> } = {
  Query: {
    viewer: { right: null, of: { kind: "ANYBODY" } },
    apps: { right: "READ", of: { kind: "SEEN" } },
    app: { right: "READ", of: inApp("slug") },
    node: { right: "READ", of: { kind: "SEEN" } },
    nodes: { right: "READ", of: { kind: "SEEN" } },
    key: { right: "READ", of: inApp() },
    segment: { right: "READ", of: ofThing("id", "segment") },
    goal: { right: "READ", of: ofThing("id", "goal") },
    config: { right: "READ", of: ofThing("id", "config") },
    flag: { right: "READ", of: ofThing("id", "flag") },
    experiment: { right: "READ", of: ofThing("id", "experiment") },
    evaluate: {
      right: "EVALUATE",
      of: inApp(),
      environment: "environment",
      notForClients: ["asOf", "atRevision"],
    },
    compareEnvironments: { right: "READ", of: inApp() },
    exportApp: { right: "READ", of: inApp() },
    explain: { right: "READ", of: inApp() },
    user: { right: "READ", of: inApp() },
    exportUser: { right: "ADMINISTER", of: inApp() },
    whatIf: { right: "READ", of: inApp() },
    planExperiment: { right: "READ", of: { kind: "SEEN" } },
    job: { right: "READ", of: ofThing("id", "job") },
    changes: { right: "FOLLOW", of: inApp() },
    snapshot: { right: "FOLLOW", of: inApp() },
    consumers: { right: "FOLLOW", of: inApp() },
    consumer: { right: "FOLLOW", of: inApp() },
    tokens: { right: "ADMINISTER", of: { kind: "ALL_APPS" } },
  },
  Mutation: {
    createApp: { right: "ADMINISTER", of: { kind: "ALL_APPS" } },
    copyApp: { right: "ADMINISTER", of: { kind: "ALL_APPS" } },
    editApp: { right: "ADMINISTER", of: inApp() },
    updateAppSettings: { right: "ADMINISTER", of: inApp() },
    archiveApp: { right: "ADMINISTER", of: inApp() },
    restoreApp: { right: "ADMINISTER", of: inApp() },
    createEnvironment: { right: "ADMINISTER", of: inApp() },
    editEnvironment: { right: "ADMINISTER", of: inApp() },
    archiveEnvironment: { right: "ADMINISTER", of: inApp() },
    restoreEnvironment: { right: "ADMINISTER", of: inApp() },
    createKey: { right: "EDIT", of: inApp() },
    editKey: {
      right: "EDIT",
      of: inApp(),
      reach: live(
        "with another default or visibility: everywhere, once anything with the key is active or scheduled",
      ),
    },
    archiveKey: { right: "PUBLISH", of: inApp() },
    restoreKey: { right: "EDIT", of: inApp() },
    createSegment: { right: "EDIT", of: inApp() },
    editSegment: {
      right: "EDIT",
      of: segment,
      reach: live("with another condition: wherever something with the segment is active or scheduled"),
    },
    cloneSegment: { right: "EDIT", of: segment },
    archiveSegment: { right: "PUBLISH", of: segment },
    restoreSegment: { right: "EDIT", of: segment },
    createGoal: { right: "EDIT", of: inApp() },
    editGoal: { right: "EDIT", of: goal },
    archiveGoal: { right: "PUBLISH", of: goal },
    restoreGoal: { right: "EDIT", of: goal },
    createExperiment: { right: "EDIT", of: inApp() },
    editExperiment: { right: "EDIT", of: experiment },
    archiveExperiment: { right: "PUBLISH", of: experiment },
    restoreExperiment: { right: "EDIT", of: experiment },
    setLabels: { right: "EDIT", of: ofThing("id", "thing") },
    createConfig: { right: "EDIT", of: inApp() },
    editConfig: { right: "EDIT", of: config },
    publishConfig: { right: "PUBLISH", of: config, reach: itsEnvironment },
    unpublishConfig: { right: "PUBLISH", of: config, reach: itsEnvironment },
    importApp: {
      right: "EDIT",
      of: inApp(),
      reach: live("wherever what it edits or archives is active or scheduled"),
    },
    promote: { right: "PUBLISH", of: inApp(), reach: live("its `to`") },
    archiveConfig: { right: "PUBLISH", of: config, reach: whereLive },
    restoreConfig: { right: "PUBLISH", of: config },
    scheduleConfig: { right: "PUBLISH", of: config, reach: itsEnvironment },
    createFlag: { right: "EDIT", of: inApp() },
    editFlag: { right: "EDIT", of: flag },
    publishFlag: { right: "PUBLISH", of: flag, reach: itsEnvironment },
    unpublishFlag: { right: "PUBLISH", of: flag, reach: itsEnvironment },
    disableFlag: { right: "PUBLISH", of: flag, reach: itsEnvironment },
    enableFlag: { right: "PUBLISH", of: flag, reach: itsEnvironment },
    archiveFlag: { right: "PUBLISH", of: flag, reach: whereLive },
    restoreFlag: { right: "PUBLISH", of: flag },
    scheduleFlag: { right: "PUBLISH", of: flag, reach: itsEnvironment },
    rescheduleScheduledPublication: {
      right: "PUBLISH",
      of: schedule,
      reach: live("the environment of the scheduled publication"),
    },
    cancelScheduledPublication: {
      right: "PUBLISH",
      of: schedule,
      reach: live("the environment of the scheduled publication"),
    },
    previewConfig: { right: "EDIT", of: config, reach: previewed("its `environment`") },
    previewFlag: { right: "EDIT", of: flag, reach: previewed("its `environment`") },
    endPreview: { right: "EDIT", of: preview, reach: previewed("the environment of the preview") },
    setTestUsers: {
      right: "PUBLISH",
      of: inApp(),
      reach: live("with other users: wherever something is previewed"),
    },
    measureSegment: { right: "EDIT", of: segment },
    cancelJob: { right: "EDIT", of: job },
    identify: { right: "INGEST", of: inApp(), environment: "environment" },
    track: { right: "INGEST", of: inApp(), environment: "environment" },
    reportDeliveries: { right: "INGEST", of: inApp(), environment: "environment" },
    alias: { right: "INGEST", of: inApp(), environment: "environment" },
    eraseUser: { right: "ADMINISTER", of: inApp() },
    createConsumer: { right: "EDIT", of: inApp() },
    resetConsumer: { right: "EDIT", of: inApp() },
    deleteConsumer: { right: "EDIT", of: inApp() },
    ackChanges: { right: "FOLLOW", of: inApp() },
    createToken: { right: "ADMINISTER", of: { kind: "APP_OR_ALL", argument: "app" } },
    rotateToken: { right: "ADMINISTER", of: token },
    revokeToken: { right: "ADMINISTER", of: token },
    createWebhook: { right: "ADMINISTER", of: inApp() },
    editWebhook: { right: "ADMINISTER", of: webhook },
    rotateWebhookSecret: { right: "ADMINISTER", of: webhook },
    replayWebhook: { right: "ADMINISTER", of: webhook },
    disableWebhook: { right: "ADMINISTER", of: webhook },
    enableWebhook: { right: "ADMINISTER", of: webhook },
    deleteWebhook: { right: "ADMINISTER", of: webhook },
    sendTestEvent: { right: "ADMINISTER", of: webhook },
  },
  Subscription: {
    changes: { right: "FOLLOW", of: inApp() },
  },
};

/** What it counts as where tokens are limited in how much they may ask for; null: as nothing. */
export function limitedAs(type: RootType, { right }: Operation): Limited | null {
  if (right === "INGEST") return "ingests";
  if (type === "Mutation") return "mutations";
  if (type === "Subscription") return "subscriptions";
  return right === "EVALUATE" ? "evaluations" : null;
}

/** Fields behind an app that need more than the right to read it. */
export const APP_FIELDS: Readonly<Record<string, Right>> = {
  tokens: "ADMINISTER",
  webhooks: "ADMINISTER",
};
