import type { Authenticate } from "./authenticate";
import { KeysUnavailable } from "./jwks";
import { DatabaseUnavailable } from "../postgres/database";

/** How often those who stay are asked for their token again. */
export const VISITS_CHECKED_EVERY_MS = 500;

/** What stays open for long, as sockets and event streams, each with the token that it was opened with. */
export type Visits = Readonly<{
  /** Calls `end`, once, when the token names nobody any more. Returns how to take leave before that. */
  enter: (authorization: string | undefined, end: () => void) => () => void;
  /** Looks all tokens up anew, with one query, and ends those visits whose token has ended. */
  check: () => Promise<void>;
}>;

export function createVisits(authenticate: Authenticate): Visits {
  const endsOf = new Map<string, Set<() => void>>();
  return {
    enter(authorization = "", end) {
      // Two visits may end in the same way, and are two all the same.
      const visit = (): void => end();
      const visits = endsOf.get(authorization) ?? new Set();
      endsOf.set(authorization, visits.add(visit));
      return () => {
        visits.delete(visit);
        if (visits.size === 0 && endsOf.get(authorization) === visits) endsOf.delete(authorization);
      };
    },
    async check() {
      await Promise.all(
        [...endsOf].map(async ([authorization, visits]) => {
          if (await mayStay(authenticate, authorization)) return;
          endsOf.delete(authorization);
          for (const end of visits) end();
        }),
      );
    },
  };
}

async function mayStay(authenticate: Authenticate, authorization: string): Promise<boolean> {
  try {
    return (await authenticate(authorization, true)) !== null;
  } catch (error) {
    // Whoever was let in stays while nobody can say that they may not.
    if (error instanceof DatabaseUnavailable || error instanceof KeysUnavailable) return true;
    throw error;
  }
}
