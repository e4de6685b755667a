import { createAuthenticate, type Authenticate } from "./authenticate";
import { createVerifyJwt, type Oidc } from "./jwt";
import { createKnownTokens } from "./knownTokens";
import { createTokenUses, USES_FLUSHED_EVERY_MS } from "./tokenUses";
import { createVisits, VISITS_CHECKED_EVERY_MS, type Visits } from "./visits";
import { repeatEvery } from "../lib/repeatEvery";
import type { Database } from "../postgres/database";

export type AccessOptions = Readonly<{
  database: Database;
  now: () => Date;
  /** Whose JWTs are accepted beside tokens; null: nobody's. */
  oidc: Oidc | null;
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

export function openAccess({ database, now, oidc, report }: AccessOptions): Access {
  const nowMs = (): number => performance.now();
  const knownTokens = createKnownTokens({ database, now, nowMs });
  const uses = createTokenUses(database, now);
  const verifyJwt = oidc && createVerifyJwt({ oidc, now, nowMs });
  const authenticate = createAuthenticate({ knownTokens, uses, verifyJwt });
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
