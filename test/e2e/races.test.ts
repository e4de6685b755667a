import {
  archivedInUse,
  raceConfigs,
  raceConfigsAndFlags,
  raceEnvironments,
  raceImports,
  raceKeys,
  raceSegments,
} from "../support/races";
import { raceLastAdmins, raceRevocations } from "../support/tokenRaces";
import { startTestServer, type TestServer } from "../support/wholeServer";

// `npm run races` runs all rounds; here are enough of them to notice a rule that is not held.
const PAIRS = 25;

let first: TestServer;
let second: TestServer;

beforeAll(async () => {
  first = await startTestServer();
  second = await startTestServer({ on: first });
});
afterAll(async () => {
  await second.stop();
  await first.stop();
});

describe("two servers on one database", () => {
  it("let exactly one of archiving a key and using it succeed", async () => {
    expect(await raceKeys(first.send, second.send, PAIRS)).toEqual({ pairs: PAIRS, wrong: [] });
  });

  it("let exactly one of archiving a segment and using it succeed", async () => {
    expect(await raceSegments(first.send, second.send, PAIRS)).toEqual({ pairs: PAIRS, wrong: [] });
  });

  it("let exactly one of two configs have a key", async () => {
    expect(await raceConfigs(first.send, second.send, PAIRS)).toEqual({ pairs: PAIRS, wrong: [] });
  });

  it("let exactly one of a config and a flag have a key", async () => {
    expect(await raceConfigsAndFlags(first.send, second.send, PAIRS)).toEqual({ pairs: PAIRS, wrong: [] });
  });

  it("let exactly one of archiving an environment and publishing there succeed", async () => {
    expect(await raceEnvironments(first.send, second.send, PAIRS)).toEqual({ pairs: PAIRS, wrong: [] });
  });

  it("never let an import use what is being archived", async () => {
    expect(await raceImports(first.send, second.send, PAIRS)).toEqual({ pairs: PAIRS, wrong: [] });
  }, 60_000);

  it("accept nothing later than a second after a token was revoked", async () => {
    expect(await raceRevocations(first, second, PAIRS)).toEqual({ pairs: PAIRS, wrong: [] });
  }, 60_000);

  it("leave nothing archived in use", async () => {
    expect(await archivedInUse(first.send)).toEqual([]);
    expect(await archivedInUse(second.send)).toEqual([]);
  });

  it("always leave one ADMIN of all apps", async () => {
    expect(await raceLastAdmins(first, second, PAIRS)).toEqual({ pairs: PAIRS, wrong: [] });
  }, 60_000);
});
