import { startEmbeddedForLongTests } from "./embedded";
import {
  archivedInUse,
  raceConfigs,
  raceConfigsAndFlags,
  raceImports,
  raceEnvironments,
  raceKeys,
  raceSegments,
  type Send,
} from "../support/races";
import { editTogether } from "../support/editors";
import { raceLastAdmins, raceRevocations } from "../support/tokenRaces";
import { startTestServer, type TestServer } from "../support/wholeServer";

const KEY_PAIRS = 500;
const SEGMENT_PAIRS = 500;
const CONFIG_PAIRS = 200;
const FLAG_PAIRS = 300;
const ENVIRONMENT_PAIRS = 300;
const IMPORT_PAIRS = 300;
const TOKEN_PAIRS = 300;
const EDITORS = 50;
const EDITING_SECONDS = 60;

void main();

/** All rounds of the races, through two servers on one database: `npm run races`. */
async function main(): Promise<void> {
  const database = await startEmbeddedForLongTests();
  const a = await startTestServer();
  const b = await startTestServer({ on: a });
  let wrong = 0;
  const race = (
    name: string,
    run: (a: Send, b: Send, pairs: number) => ReturnType<typeof raceKeys>,
    pairs: number,
  ) => raceServers(name, (one, other) => run(one.send, other.send, pairs), pairs);
  const raceServers = async (
    name: string,
    run: (a: TestServer, b: TestServer, pairs: number) => ReturnType<typeof raceKeys>,
    pairs: number,
  ) => {
    const result = await run(a, b, pairs);
    wrong += result.wrong.length;
    console.log(`${name}: ${result.pairs} pairs, ${result.wrong.length} wrong`);
    for (const line of result.wrong.slice(0, 10)) console.log(`  ${line}`);
  };
  await race("archive a key / use it", raceKeys, KEY_PAIRS);
  await race("archive a segment / use it", raceSegments, SEGMENT_PAIRS);
  await race("two configs / one key", raceConfigs, CONFIG_PAIRS);
  await race("a config / a flag for one key", raceConfigsAndFlags, FLAG_PAIRS);
  await race("archive an environment / publish there", raceEnvironments, ENVIRONMENT_PAIRS);
  await race("import what uses a key or segment / archive it", raceImports, IMPORT_PAIRS);
  const inUse = await archivedInUse(a.send);
  console.log(`archived and in use afterwards: ${inUse.length}`);
  const edited = await editTogether([a.send, b.send], EDITORS, EDITING_SECONDS * 1000);
  console.log(
    `${EDITORS} editors for ${EDITING_SECONDS} s: ${edited.saved} saved, ${edited.conflicts} true conflicts, ` +
      `${edited.errors.length} errors, ${edited.lost} lost`,
  );
  for (const line of edited.errors.slice(0, 10)) console.log(`  ${line}`);
  await raceServers("revoke a token / use it", raceRevocations, TOKEN_PAIRS);
  await raceServers("two last ADMINs / each other", raceLastAdmins, TOKEN_PAIRS);
  await b.stop();
  await a.stop();
  await database.stop();
  process.exitCode = wrong + inUse.length + edited.errors.length + edited.lost === 0 ? 0 : 1;
}
