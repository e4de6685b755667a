import { createSummaryTable, type Kept } from "./summaryTable";
import { bytesOfKey, keyOfBytes } from "../audience/userKey";

/** Users of whom something is kept in memory. */
export const USERS_KEPT_MAX = 200_000;
/** Characters of their properties and recommendations together. */
const MORE_KEPT_MAX = 32 * 1024 * 1024;

type Read = Readonly<{ kept: Kept; mayStay: boolean }>;

/** What is kept of users, and who of them is being read. */
export interface KeptUsers {
  get(user: Buffer, sense: number): Kept | undefined;
  /** Reads what is to be kept of a user; it is not kept if something was told of them meanwhile, for then it may be of before. */
  read(user: Buffer, sense: number, work: () => Promise<Read>): Promise<Kept>;
  forget(userKey: string): void;
  /** Nothing is so any more. */
  endAll(): void;
}

export function createKeptUsers(): KeptUsers {
  const table = createSummaryTable({ usersMax: USERS_KEPT_MAX, moreMax: MORE_KEPT_MAX });
  const readings = new Map<string, Reading>();
  return {
    get: table.get,
    async read(user, sense, work) {
      const userKey = keyOfBytes(user);
      const reading = readings.get(userKey) ?? { isOutdated: false, readers: 0 };
      readings.set(userKey, reading);
      reading.readers += 1;
      try {
        const { kept, mayStay } = await work();
        if (mayStay && !reading.isOutdated) table.set(user, sense, kept);
        return kept;
      } finally {
        reading.readers -= 1;
        if (reading.readers === 0 && readings.get(userKey) === reading) readings.delete(userKey);
      }
    },
    forget(userKey) {
      table.delete(bytesOfKey(userKey));
      const reading = readings.get(userKey);
      if (reading) reading.isOutdated = true;
      // Who begins afterwards reads what was told.
      readings.delete(userKey);
    },
    endAll() {
      table.endAll();
      for (const reading of readings.values()) reading.isOutdated = true;
      readings.clear();
    },
  };
}

type Reading = { isOutdated: boolean; readers: number };
