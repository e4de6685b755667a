import type { Readiness } from "./health";
import type { Database } from "../postgres/database";
import type { ProjectionRunner } from "../projections/runner";

/** How far behind the log read models may be before the server says that it is not ready. */
export const LAG_MS_MAX = 10_000;

/** Ready: the database answers, and no read model stands still or is far behind. */
export async function readinessOf(
  database: Database,
  runner: Pick<ProjectionRunner, "status">,
): Promise<Readiness> {
  const reasons = [...(await databaseReasons(database)), ...projectionReasons(runner)];
  return { isReady: reasons.length === 0, reasons };
}

async function databaseReasons(database: Database): Promise<string[]> {
  try {
    await database.query("select 1");
    return [];
  } catch {
    return ["The database does not answer."];
  }
}

function projectionReasons(runner: Pick<ProjectionRunner, "status">): string[] {
  return runner.status().flatMap(({ name, failure, isCaughtUp, lagMs }) => {
    if (failure !== null) return [`Projection "${name}" stands still: ${failure}`];
    if (!isCaughtUp && lagMs > LAG_MS_MAX)
      return [`Projection "${name}" is ${Math.round(lagMs / 1000)} s behind.`];
    return [];
  });
}
