import { randomBytes } from "node:crypto";
import type { Fault } from "../support/history/faults";
import { checkHistories, type StoreKind } from "../support/history/rounds";

jest.setTimeout(240_000);

// `npm run history-check` runs all rounds; here are enough of them to notice an answer that does not hold.
const POSTGRES: readonly (readonly Fault[])[] = [
  ["a server is killed", "a network breaks in the middle of messages"],
  ["PostgreSQL is stopped immediately", "connections are cut"],
];
const KURRENTDB: readonly (readonly Fault[])[] = [
  ["another node leads", "a network breaks in the middle of messages"],
  ["a server is killed", "connections are cut"],
];

describe("what callers and followers were told, while all kinds of things fail", () => {
  it.each<[StoreKind, readonly (readonly Fault[])[]]>([
    ["postgres", POSTGRES],
    ["kurrentdb", KURRENTDB],
  ])("agrees with the log and the read models, with the log in %s", async (store, faults) => {
    const lines: string[] = [];
    const seed = randomBytes(4).toString("hex");
    const say = (line: string): void => void lines.push(line);
    const found = await checkHistories({ store, seed, rounds: faults.length, faults, say });
    expect({ seed, lines, found }).toEqual({ seed, lines, found: [] });
    // None of it went by while nothing was done.
    expect(lines.filter((line) => /: [1-9]\d* done, /.test(line))).toHaveLength(faults.length);
  });
});
