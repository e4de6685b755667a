import { createAuthenticate, type Authenticate } from "./authenticate";
import { createKnownTokens } from "./knownTokens";
import { createTokenUses, USES_FLUSHED_EVERY_MS } from "./tokenUses";
import { createVisits, VISITS_CHECKED_EVERY_MS, type Visits } from "./visits";
import { repeatEvery } from "../lib/repeatEvery";
import type { Database } from "../postgres/database";

export type AccessOptions = Readonly<{
  database: Database;
  now: () => Date;
  /** Told of what went wrong with nobody waiting. */
  report: (error: unknown) => void;
}>;

/** Who is let in, and for how long. */
export type Access = Readonly<{
  authenticate: Authenticate;
  visits: Visits;
  /** Writes down what is still to be written. */
  close: () => Promise<void>;
}>;

export function openAccess({ database, now, report }: AccessOptions): Access {
  const knownTokens = createKnownTokens({ database, now, nowMs: () => performance.now() });
  const uses = createTokenUses(database, now);
  const authenticate = createAuthenticate({ knownTokens, uses });
  const visits = createVisits(authenticate);
  const checking = repeatEvery(VISITS_CHECKED_EVERY_MS, visits.check, report);
  const flushing = repeatEvery(USES_FLUSHED_EVERY_MS, uses.flush, report);
  return {
    authenticate,
    visits,
    async close() {
      await Promise.all([checking.stop(), flushing.stop()]);
      await uses.flush().catch(report);
    },
  };
}
