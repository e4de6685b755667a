import {
  BUCKET_SEEDS,
  evennessOf,
  ID_SHAPES,
  idsOf,
  independenceBetween,
  SEED_PAIRS,
  SURELY_UNEVEN,
} from "../support/bucketTables";
import { alikeVariations, claimsUnderLooking, uniformity } from "../support/simulatedExperiments";

const EXPERIMENTS = 2_000;
const USERS = 5_000;
const EVERY = 5;
/** Of each of five shapes: a million. */
const IDS = 200_000;

main();

/** What the methods promise, tried on experiments without an effect: `npm run simulate [-- seed]`. */
function main(): void {
  const seed = process.argv[2] ?? "one";
  let broken = 0;
  const tell = (text: string, holds: boolean) => {
    if (!holds) broken += 1;
    console.log(`${holds ? "ok    " : "BROKEN"} ${text}`);
  };
  console.log(`${EXPERIMENTS} experiments each, seed "${seed}"`);
  for (const kind of ["RATE", "VALUE"] as const) {
    const looks = { seed, kind, experiments: EXPERIMENTS, users: USERS, every: EVERY };
    const { alwaysValid, fixedHorizon } = claimsUnderLooking(looks);
    const looked = `${kind}, looked at every ${EVERY} of ${USERS} users of each variation`;
    tell(
      `${looked}: the always-valid interval covers in ${percent(EXPERIMENTS - alwaysValid)}`,
      alwaysValid <= 0.05 * EXPERIMENTS,
    );
    tell(
      `${looked}: the fixed-horizon test claims in ${percent(fixedHorizon)}`,
      fixedHorizon > 0.2 * EXPERIMENTS,
    );
    const { pValues, alarms } = alikeVariations({ seed, kind, experiments: EXPERIMENTS, users: USERS });
    tell(
      `${kind}, A/A through buckets: p-values are uniform with p = ${uniformity(pValues).toFixed(3)}`,
      uniformity(pValues) > 0.001,
    );
    tell(
      `${kind}, A/A through buckets: ${alarms} alarms of the sample ratio; 2 are to be expected`,
      alarms <= 8,
    );
  }
  for (const [shape, idOf] of ID_SHAPES) {
    const ids = idsOf(idOf, IDS);
    const even = BUCKET_SEEDS.flatMap((each) => evennessOf(each, ids));
    const apart = SEED_PAIRS.map(([, one, other]) => independenceBetween(one, other, ids));
    const least = Math.min(...even, ...apart);
    tell(
      `${IDS} ${shape}: buckets are even, and independent between seeds; least p = ${least.toFixed(4)}`,
      least > SURELY_UNEVEN,
    );
  }
  process.exitCode = broken === 0 ? 0 : 1;
}

function percent(count: number): string {
  return `${((100 * count) / EXPERIMENTS).toFixed(2)} %`;
}
