// cspell:ignore keepaliveinterval cret
import { writeFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CREDENTIALS_KEPT_MS, currentCredentials } from "../../src/eventstore/kurrentdb/credentials";
import { hostsOf, parseKurrentdbUrl } from "../../src/eventstore/kurrentdb/url";
import { StartupRefused } from "../../src/lib/startupRefused";
import { addressOf } from "../support/kurrentdb/address";

describe("the URL of a KurrentDB", () => {
  it("names one node", () => {
    const address = addressOf("kurrentdb://admin:p%40ss@log.example.com");
    expect(address).toMatchObject({
      hosts: [{ address: "log.example.com", port: 2113 }],
      isDiscovered: false,
      credentials: { username: "admin", password: "p@ss" },
      hasTls: true,
    });
    expect(hostsOf(address)).toBe("log.example.com:2113");
  });

  it("names several, or a cluster, also in the words of EventStoreDB", () => {
    expect(addressOf("esdb://a:1,b,[::1]:2/?tls=false").hosts).toEqual([
      { address: "a", port: 1 },
      { address: "b", port: 2113 },
      { address: "[::1]", port: 2 },
    ]);
    expect(addressOf("kurrentdb+discover://cluster.example.com").isDiscovered).toBe(true);
    expect(addressOf("kdb://h").isDiscovered).toBe(false);
  });

  it("has options by their names in any case", () => {
    const query =
      "TLSCaFile=%2Fca.pem&userCertFile=/c&userKeyFile=/k&keepaliveinterval=20000&connectionName=x&nodePreference=Leader";
    expect(addressOf(`kurrentdb://h?${query}`)).toMatchObject({
      tlsCaFile: "/ca.pem",
      userCertFile: "/c",
      userKeyFile: "/k",
      client: { keepAliveInterval: 20_000, keepAliveTimeout: 5_000, connectionName: "x" },
    });
  });

  it.each([
    ["", "must be a URL like kurrentdb://"],
    ["http://h:2113", "must be a URL like kurrentdb://"],
    ["kurrentdb://", "must be a URL like kurrentdb://"],
    ["kurrentdb://h/database", "must be a URL like kurrentdb://"],
    ["kurrentdb://h:0", "must name hosts as host:2113"],
    ["kurrentdb://h:65536", "must name hosts as host:2113"],
    ["kurrentdb://a,,b", "must name hosts as host:2113"],
    [`kurrentdb://${Array(21).fill("h").join()}`, "can name 20 hosts at most"],
    ["kurrentdb://admin@h", "must have a user and a password as user:password@, or neither"],
    ["kurrentdb://admin:100%@h", "write a % as %25"],
    ["kurrentdb://h?tls=maybe", "must say tls=true or tls=false"],
    ["kurrentdb://h?tlsVerifyCert=false", "has an option that is not one of tlsCAFile, "],
    ["kurrentdb://h?nodePreference=follower", "can prefer the leader only"],
    ["kurrentdb://h?userCertFile=/c", "must name userCertFile and userKeyFile, or neither"],
    ["kurrentdb://h?keepAliveInterval=9999", "must have a keepAliveInterval from 10000 to 300000"],
    ["kurrentdb://h?gossipTimeout=31", "must have a gossipTimeout from 1 to 30"],
    ["kurrentdb://h?gossipTimeout=1.5", "must have a gossipTimeout from 1 to 30"],
  ])("that is wrong says how it should be: %s", (url, fault) => {
    expect(parseKurrentdbUrl(url)).toEqual({ fault: expect.stringContaining(fault) });
  });

  it.each([
    "kurrentdb://admin:s3cret@h?x=1",
    "kurrentdb://s3cret@h",
    "http://admin:s3cret@h",
    "kurrentdb://u:s3cret@h:0",
  ])("shows no password in a fault: %s", (url) => {
    expect(JSON.stringify(parseKurrentdbUrl(url))).not.toContain("s3cret");
  });

  it("is right at its limits", () => {
    expect(addressOf(`kurrentdb://${Array(20).fill("h").join()}`).hosts).toHaveLength(20);
    expect(addressOf("kurrentdb://h:65535?keepAliveInterval=10000&gossipTimeout=30").hosts[0]?.port).toBe(
      65_535,
    );
  });
});

describe("credentials of a file", () => {
  const folder = mkdtempSync(join(tmpdir(), "kurrentdb-credentials-"));
  const path = join(folder, "credentials");
  afterAll(() => rmSync(folder, { recursive: true }));

  it("are those that it holds, looked at again after a while, and those before while it is being replaced", () => {
    let nowMs = 0;
    writeFileSync(path, "admin:fi:rst%40\n");
    const current = currentCredentials({ username: "u", password: "p" }, path, () => nowMs);
    expect(current()).toEqual({ username: "admin", password: "fi:rst%40" });
    writeFileSync(path, "admin:second");
    nowMs += CREDENTIALS_KEPT_MS - 1;
    expect(current()?.password).toBe("fi:rst%40");
    nowMs += 1;
    expect(current()?.password).toBe("second");
    writeFileSync(path, "");
    nowMs += CREDENTIALS_KEPT_MS;
    expect(current()?.password).toBe("second");
  });

  it.each([
    ["no colon", "admin"],
    ["no user", ":secret"],
    ["too much", `a:${"x".repeat(4_095)}`],
  ])("with %s are refused at the start, without a word of what they are", (_, text) => {
    writeFileSync(path, text);
    expect(() => currentCredentials(null, path)).toThrow(StartupRefused);
    expect(() => currentCredentials(null, path)).toThrow(
      /KURRENTDB_CREDENTIALS_FILE .* must hold user:password/,
    );
  });

  it("are those of the URL if there is no file", () => {
    expect(currentCredentials({ username: "u", password: "p" }, null)()).toEqual({
      username: "u",
      password: "p",
    });
  });
});
