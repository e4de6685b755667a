import type { Counted } from "./countMembers";
import { FIRST_KEY, shareUpTo } from "../audience/userSlices";
import type { Rulesets } from "../delivery/rulesets";
import { JobFailed, type JobWork } from "../jobs/job";
import type { Scanner } from "../scanning/scanner";

/** What a job of this kind is asked for. */
export type MeasureInput = Readonly<{ segmentId: string }>;

/** What it takes to go on: the segments of one revision and one clock, however long it takes. */
type Begun = Readonly<{ revision: number; nowMs: number; counted: Counted }>;

/** The exact size of a segment. */
export function measuring({
  rulesets,
  scanner,
  now,
}: Readonly<{ rulesets: Rulesets; scanner: Scanner; now: () => Date }>): JobWork {
  return async ({ app, environment, input, state, report }) => {
    const { segmentId } = input as MeasureInput;
    const begun = state as Begun | null;
    const ruleset = await (begun
      ? rulesets.asOf(app, environment, { revision: begun.revision })
      : rulesets.current(app, environment));
    if (!ruleset) throw new JobFailed(`App "${app}" answers nobody in "${environment}" any more.`);
    const { revision, segments, userLists, timeZone = "UTC" } = ruleset.source;
    if (!segments.some(({ id }) => id === segmentId)) throw new JobFailed("The segment is archived.");
    const nowMs = begun?.nowMs ?? now().getTime();
    const counted = begun?.counted ?? { afterKey: FIRST_KEY, looked: 0, members: 0 };
    const source = { app, environment, timeZone, segments, userLists };
    const { looked, members } = await scanner.run(
      "countMembers",
      { source, segmentId, nowMs, counted },
      (so) => report({ revision, nowMs, counted: so }, shareUpTo(so.afterKey) * 100),
    );
    return {
      users: members,
      usersInEnvironment: looked,
      percentage: looked === 0 ? 0 : (members / looked) * 100,
      at: new Date(nowMs).toISOString(),
      revision,
    };
  };
}
