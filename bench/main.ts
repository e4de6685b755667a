import { runAppendBench } from "./append";
import { runAudienceBench } from "./audience";
import { runBackupBench } from "./backup";
import { runBehaviourBench } from "./behaviour";
import { runDefinitionBench } from "./definitions";
import { runEvaluateBench } from "./evaluate";
import { runFeedBench } from "./feed";
import { runGraphqlBench } from "./graphql";
import { runListBench } from "./lists";
import { runKurrentdbBench } from "./kurrentdb";
import { runMutationBench } from "./mutations";
import { runProjectionBench } from "./projections";
import { runServersBench } from "./servers";
import { runStartBench } from "./start";
import { runWebhookBench } from "./webhooks";
import { benchDatabase } from "./benchDatabase";

void main(process.argv.slice(2));

/** All benchmarks, or those that the arguments name. Each prints its yardstick beside it: trust the ratios. */
async function main(names: readonly string[]): Promise<void> {
  const isWanted = (name: string) => names.length === 0 || names.includes(name);
  if (isWanted("evaluate")) await headed("Evaluation", runEvaluateBench);
  if (isWanted("append")) await headed("Appends", () => benchDatabase(runAppendBench));
  if (isWanted("kurrentdb")) await headed("Appends to KurrentDB's double", runKurrentdbBench);
  if (isWanted("projections")) await headed("Projections", () => benchDatabase(runProjectionBench));
  if (isWanted("graphql")) await headed("GraphQL", runGraphqlBench);
  if (isWanted("mutations")) await headed("Mutations", runMutationBench);
  if (isWanted("definitions")) await headed("Definitions", runDefinitionBench);
  if (isWanted("lists")) await headed("Lists of a large app", runListBench);
  if (isWanted("servers")) await headed("Two servers on one database", () => benchDatabase(runServersBench));
  if (isWanted("webhooks")) await headed("Webhooks", runWebhookBench);
  if (isWanted("feed")) await headed("The feed", runFeedBench);
  if (isWanted("audience")) await headed("Users and what they did", runAudienceBench);
  if (isWanted("backup")) await headed("Backups and moves of the log", runBackupBench);
  if (isWanted("behaviour")) await headed("Behaviour in evaluation", runBehaviourBench);
  if (isWanted("start")) await headed("Starting", runStartBench);
}

async function headed(title: string, run: () => Promise<unknown>): Promise<void> {
  console.log(`\n${title}`);
  await run();
}
