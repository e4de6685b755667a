import type { GraphQLSchema } from "graphql";
import { buildSchemaSync, getMetadataStorage, type NonEmptyArray, type PubSub } from "type-graphql";
import { NodeResolver } from "./node.resolver";
import { InUseError, InputError, VersionConflictError } from "./userError";
import { guarded } from "../access/guard.graphql";
import { logged } from "../access/logged.graphql";
import { AppTokensResolver, TokenResolver } from "../access/token.resolver";
import { ViewerResolver } from "../access/viewer.resolver";
import { Environment } from "../apps/app.graphql";
import { AppResolver } from "../apps/app.resolver";
import { ComparisonResolver } from "../apps/comparison.resolver";
import { EnvironmentResolver } from "../apps/environment.resolver";
import { AudienceResolver } from "../audience/audience.resolver";
import { ErasureResolver } from "../audience/erasure.resolver";
import { ChangesResolver } from "../changes/changes.resolver";
import { AckChangesPayloadResolver, ConsumerResolver } from "../changes/consumer.resolver";
import { SnapshotResolver } from "../changes/snapshot.resolver";
import {
  AppConfigsResolver,
  ConfigPublicationsResolver,
  ConfigResolver,
  ConfigRuleResolver,
  ConfigVersionResolver,
  ConfigVersionsResolver,
} from "../configs/config.resolver";
import {
  ConfigMutationResolver,
  ConfigReleaseResolver,
  ConfigPreviewsResolver,
} from "../configs/configMutation.resolver";
import {
  AppFlagsResolver,
  FlagPublicationsResolver,
  FlagResolver,
  FlagRuleResolver,
  FlagVersionResolver,
  FlagVersionsResolver,
} from "../flags/flag.resolver";
import {
  FlagMutationResolver,
  FlagReleaseResolver,
  FlagPreviewsResolver,
} from "../flags/flagMutation.resolver";
import { FlagSwitchResolver } from "../flags/flagSwitch.resolver";
import { DefinitionResolver } from "../definitions/definition.resolver";
import {
  AnswerRuleResolver,
  DeliveryResolver,
  ExplanationStepResolver,
  KeyAnswerResolver,
} from "../delivery/delivery.resolver";
import { ReportsResolver } from "../delivery/reports.resolver";
import {
  AppExperimentsResolver,
  ExperimentGoalResolver,
  ExperimentResolver,
} from "../experiments/experiment.resolver";
import { GoalConversionsResolver } from "../conversions/conversions.resolver";
import { ConfigStatisticsResolver, FlagStatisticsResolver } from "../delivery/statistics.resolver";
import { MembershipResolver } from "../delivery/membership.resolver";
import { ChangeDifferencesResolver, DifferenceResolver } from "../history/difference.resolver";
import { AppGoalResolver, GoalResolver } from "../goals/goal.resolver";
import { LabelResolver } from "../labels/label.resolver";
import { SearchResolver } from "../search/search.resolver";
import { SegmentSizeResolver } from "../sizes/size.resolver";
import {
  AppHistoryResolver,
  AppSettingsHistoryResolver,
  ConfigHistoryResolver,
  EnvironmentHistoryResolver,
  ExperimentHistoryResolver,
  GoalHistoryResolver,
  FlagHistoryResolver,
  KeyHistoryResolver,
  SegmentHistoryResolver,
} from "../history/history.resolver";
import { JobResolver } from "../jobs/job.resolver";
import { AppKeyResolver, KeyResolver } from "../keys/key.resolver";
import { TestUsersResolver } from "../apps/testUsers.resolver";
import { AppPreviewsResolver, PreviewResolver } from "../releases/preview.resolver";
import { ScheduledPublicationResolver } from "../releases/scheduledPublication.resolver";
import { AppSegmentResolver, SegmentResolver } from "../segments/segment.resolver";
import { PlanResolver } from "../statistics/plan.resolver";
import { AppWebhooksResolver, WebhookResolver } from "../webhooks/webhook.resolver";
import { WhatIfResolver } from "../whatIf/whatIf.resolver";
import { invariant } from "../lib/invariant";

/** The API: every slice's resolvers, and the types that only stand behind interfaces. */
export function createSchema(): GraphQLSchema {
  return (schema ??= buildSchema());
}

/** Nothing changes it, so there is one. */
let schema: GraphQLSchema | null = null;

function buildSchema(): GraphQLSchema {
  // A field that has no resolver of its own is read as a property, not through a chain of middleware that we have none of.
  for (const type of getMetadataStorage().objectTypes) type.simpleResolvers = true;
  const unguarded = buildSchemaSync({
    resolvers: RESOLVERS,
    orphanedTypes: [InputError, InUseError, VersionConflictError, Environment],
    // Deciders check what they are given, and say all that is wrong with it.
    validate: false,
    pubSub: UNUSED_PUB_SUB,
  });
  return logged(guarded(unguarded));
}

type ResolverClass = NonEmptyArray<NewableFunction>[number];
const RESOLVERS: NonEmptyArray<ResolverClass> = [
  NodeResolver,
  ViewerResolver,
  TokenResolver,
  AppTokensResolver,
  WebhookResolver,
  AppWebhooksResolver,
  AppResolver,
  EnvironmentResolver,
  ComparisonResolver,
  DefinitionResolver,
  KeyResolver,
  AppKeyResolver,
  SegmentResolver,
  AppSegmentResolver,
  GoalResolver,
  LabelResolver,
  SearchResolver,
  AppGoalResolver,
  ConfigResolver,
  AppConfigsResolver,
  ConfigVersionsResolver,
  ConfigPublicationsResolver,
  ConfigMutationResolver,
  ConfigReleaseResolver,
  ConfigPreviewsResolver,
  ConfigVersionResolver,
  ConfigRuleResolver,
  FlagResolver,
  AppFlagsResolver,
  FlagVersionsResolver,
  FlagPublicationsResolver,
  FlagMutationResolver,
  FlagReleaseResolver,
  FlagPreviewsResolver,
  FlagSwitchResolver,
  FlagVersionResolver,
  FlagRuleResolver,
  ExperimentResolver,
  ExperimentGoalResolver,
  AppExperimentsResolver,
  ScheduledPublicationResolver,
  TestUsersResolver,
  PreviewResolver,
  AppPreviewsResolver,
  ChangesResolver,
  SnapshotResolver,
  ConsumerResolver,
  AckChangesPayloadResolver,
  ChangeDifferencesResolver,
  DifferenceResolver,
  AppHistoryResolver,
  AppSettingsHistoryResolver,
  ConfigHistoryResolver,
  EnvironmentHistoryResolver,
  FlagHistoryResolver,
  ExperimentHistoryResolver,
  KeyHistoryResolver,
  SegmentHistoryResolver,
  GoalHistoryResolver,
  DeliveryResolver,
  AudienceResolver,
  ErasureResolver,
  MembershipResolver,
  ConfigStatisticsResolver,
  FlagStatisticsResolver,
  ReportsResolver,
  GoalConversionsResolver,
  SegmentSizeResolver,
  JobResolver,
  WhatIfResolver,
  PlanResolver,
  KeyAnswerResolver,
  AnswerRuleResolver,
  ExplanationStepResolver,
];

// type-graphql insists on one where there is a subscription, also if each brings its own source.
const UNUSED_PUB_SUB: PubSub = {
  publish: () => invariant(false, "subscriptions read the change feed, nobody publishes"),
  subscribe: () => {
    throw new Error("Invariant broken: subscriptions read the change feed.");
  },
};
