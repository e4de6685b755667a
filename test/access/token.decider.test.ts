import { OVERLAP_SECONDS_MAX, TOKENS_MAX, type TokenCommand } from "../../src/access/token.decider";
import type { TokenEvent } from "../../src/access/token.events";
import {
  TOKEN_ENVIRONMENTS_MAX,
  TOKEN_NAME_LENGTH_MAX,
  type NewToken,
} from "../../src/access/tokenForm.policy";
import { appDecider } from "../../src/apps/app.decider";
import type { AnyAppEvent } from "../../src/apps/app.state";
import { instanceDecider } from "../../src/apps/instance.decider";
import { ADMIN_TOKEN_ID, type InstanceEvent } from "../../src/apps/instance.events";
import { NOTE_LENGTH_MAX } from "../../src/lib/note";
import { deciding } from "../support/deciding";

const app = deciding(appDecider);
const instance = deciding(instanceDecider);
function environment(name: string): AnyAppEvent {
  return { type: "EnvironmentCreated", data: { name, description: "", note: "" } };
}
const shop: AnyAppEvent[] = [
  { type: "AppCreated", data: { slug: "shop", name: "Shop", note: "" } },
  environment("production"),
  environment("staging"),
];
const AT = "2026-02-01T00:00:00.000Z";
const LATER = "2026-03-01T00:00:00.000Z";

const wanted = (given: Partial<NewToken> = {}): NewToken => ({
  name: "api",
  kind: "SERVER",
  role: null,
  environments: null,
  environment: null,
  expiresAt: null,
  note: "",
  ...given,
});
const create = (given: Partial<NewToken> = {}): TokenCommand => ({
  type: "CreateToken",
  data: wanted(given),
});
const person = (given: Partial<NewToken> = {}) => create({ kind: "PERSON", role: "PUBLISHER", ...given });
const client = (given: Partial<NewToken> = {}) =>
  create({ kind: "CLIENT", environment: "production", ...given });

type Made = Extract<TokenEvent, { type: "TokenCreated" }>;
const made = (id: string, given: Partial<Made["data"]> = {}): Made => ({
  type: "TokenCreated",
  data: {
    id,
    name: id,
    kind: "SERVER",
    role: null,
    environments: null,
    expiresAt: null,
    hash: "hash",
    note: "",
    ...given,
  },
});
const revoked = (id: string): TokenEvent => ({ type: "TokenRevoked", data: { id, note: "" } });
const rotate = (tokenId: string, overlapSeconds = 0): TokenCommand => ({
  type: "RotateToken",
  data: { tokenId, overlapSeconds, note: "" },
});
const revoke = (tokenId: string, note = ""): TokenCommand => ({
  type: "RevokeToken",
  data: { tokenId, note },
});

describe("creating a token", () => {
  const inShop = app.given(...shop);

  it("keeps the hash of its secret, and who may do what where", () => {
    inShop.when(person({ name: " Ann ", environments: ["staging"], expiresAt: LATER, note: "ops" })).yields({
      type: "TokenCreated",
      data: {
        id: "token_shop_command0",
        name: "Ann",
        kind: "PERSON",
        role: "PUBLISHER",
        environments: ["staging"],
        expiresAt: LATER,
        hash: "hash of command",
        note: "ops",
      },
    });
  });

  it("keeps the one environment of a client", () => {
    const { decision } = inShop.when(client({ environment: "staging" }));
    expect(decision).toMatchObject({ events: [{ data: { kind: "CLIENT", environments: ["staging"] } }] });
  });

  it.each([
    ["a person without a role", person({ role: null }), ["INVALID", ["role"]]],
    ["a service with a role", create({ role: "ADMIN" }), ["INVALID", ["role"]]],
    ["a client without an environment", client({ environment: null }), ["INVALID", ["environment"]]],
    ["a client with a list of them", client({ environments: ["staging"] }), ["INVALID", ["environments"]]],
    ["a server with an environment", create({ environment: "staging" }), ["INVALID", ["environment"]]],
    ["a server with a limit", create({ environments: ["staging"] }), ["INVALID", ["environments"]]],
    [
      "a viewer with a limit",
      person({ role: "VIEWER", environments: ["staging"] }),
      ["INVALID", ["environments"]],
    ],
    [
      "an admin with a limit",
      person({ role: "ADMIN", environments: ["staging"] }),
      ["INVALID", ["environments"]],
    ],
    ["a limit to nothing", person({ environments: [] }), ["INVALID", ["environments"]]],
    [
      "a limit that says one thing twice",
      person({ environments: ["staging", "staging"] }),
      ["INVALID", ["environments"]],
    ],
    [
      "an environment of another app",
      person({ environments: ["staging", "berlin"] }),
      ["NOT_FOUND", ["environments", "1"]],
    ],
    [
      "a client's environment of another app",
      client({ environment: "berlin" }),
      ["NOT_FOUND", ["environment"]],
    ],
    ["an empty name", create({ name: "  " }), ["INVALID", ["name"]]],
    ["half of a surrogate pair", create({ name: "\ud800" }), ["INVALID", ["name"]]],
    ["U+0000 in a note", create({ note: "\0" }), ["INVALID", ["note"]]],
  ] as const)("refuses %s", (_what, command, [code, path]) => {
    inShop.when(command).isRefusedWith({ code, path });
  });

  it("says all that is wrong at once", () => {
    inShop
      .when(person({ name: "", role: null, expiresAt: AT }), { at: LATER })
      .isRefusedWith(
        { code: "INVALID", path: ["name"] },
        { code: "INVALID", path: ["role"] },
        { code: "INVALID", path: ["expiresAt"] },
      );
  });

  it("takes an end that is yet to come, and none that is not", () => {
    expect(inShop.when(create({ expiresAt: LATER }), { at: AT }).decision.outcome).toBe("accepted");
    inShop.when(create({ expiresAt: AT }), { at: AT }).isRefusedWith({ path: ["expiresAt"] });
  });

  it("takes texts as long as they may be, and none longer", () => {
    const longest = { name: "n".repeat(TOKEN_NAME_LENGTH_MAX), note: "n".repeat(NOTE_LENGTH_MAX) };
    expect(inShop.when(create(longest)).decision.outcome).toBe("accepted");
    const longer = { name: `${longest.name}n`, note: `${longest.note}n` };
    inShop.when(create(longer)).isRefusedWith({ path: ["name"] }, { path: ["note"] });
  });

  it("takes as many environments as an app can have, and not one more", () => {
    const many = Array.from({ length: TOKEN_ENVIRONMENTS_MAX + 1 }, (_, index) => `e${index}`);
    const withMany = app.given(...shop, ...many.map(environment));
    const limit = (count: number) => person({ environments: many.slice(0, count) });
    expect(withMany.when(limit(TOKEN_ENVIRONMENTS_MAX)).decision.outcome).toBe("accepted");
    withMany.when(limit(TOKEN_ENVIRONMENTS_MAX + 1)).isRefusedWith({ path: ["environments"] });
  });

  it("refuses a name that is taken, until its token is revoked", () => {
    app
      .given(...shop, made("api"))
      .when(create())
      .isRefusedWith({ code: "TAKEN", path: ["name"] });
    expect(app.given(...shop, made("api"), revoked("api")).when(create()).decision.outcome).toBe("accepted");
  });

  it("refuses one token more than an app has", () => {
    const tokens = Array.from({ length: TOKENS_MAX }, (_, index) => made(`t${index}`));
    expect(app.given(...shop, ...tokens.slice(1)).when(create()).decision.outcome).toBe("accepted");
    app
      .given(...shop, ...tokens)
      .when(create())
      .isRefused("LIMIT_REACHED");
    expect(app.given(...shop, ...tokens, revoked("t0")).when(create()).decision.outcome).toBe("accepted");
  });
});

describe("creating a token of all apps", () => {
  it("takes environments of any name, since some app may have them", () => {
    const { decision } = instance.given().when(person({ environments: ["anywhere"] }));
    expect(decision).toMatchObject({
      events: [{ type: "TokenCreated", data: { environments: ["anywhere"] } }],
    });
    instance
      .given()
      .when(person({ environments: [""] }))
      .isRefusedWith({ code: "INVALID", path: ["environments", "0"] });
  });

  it("refuses a client, which is of one app", () => {
    instance
      .given()
      .when(client())
      .isRefusedWith({ code: "INVALID", path: ["app"] });
  });
});

describe("rotating a token", () => {
  const given = app.given(...shop, made("t1", { expiresAt: LATER }));

  it("says until when the old secret counts", () => {
    given.when(rotate("t1", 90), { at: AT }).yields({
      type: "TokenRotated",
      data: { id: "t1", hash: "hash of command", previousEndsAt: "2026-02-01T00:01:30.000Z", note: "" },
    });
  });

  it("takes an overlap of up to seven days", () => {
    expect(given.when(rotate("t1", OVERLAP_SECONDS_MAX), { at: AT }).decision.outcome).toBe("accepted");
    for (const seconds of [-1, OVERLAP_SECONDS_MAX + 1, 0.5]) {
      given.when(rotate("t1", seconds), { at: AT }).isRefusedWith({ path: ["overlapSeconds"] });
    }
  });

  it("refuses what is not there, was revoked or has expired", () => {
    given.when(rotate("t2")).isRefusedWith({ code: "NOT_FOUND", path: ["tokenId"] });
    given.when(rotate("t1"), { at: LATER }).isRefusedWith({ code: "WRONG_STATE", path: ["tokenId"] });
    app
      .given(...shop, made("t1"), revoked("t1"))
      .when(rotate("t1"))
      .isRefused("WRONG_STATE");
  });
});

describe("revoking a token", () => {
  it("is done once", () => {
    const given = app.given(...shop, made("t1"));
    given.when(revoke("t1", "lost")).yields({ type: "TokenRevoked", data: { id: "t1", note: "lost" } });
    app
      .given(...shop, made("t1"), revoked("t1"))
      .when(revoke("t1"))
      .yieldsNothing();
  });

  it("refuses what is not there, and says so with the note that is too long", () => {
    app
      .given(...shop)
      .when(revoke("t1", "n".repeat(NOTE_LENGTH_MAX + 1)))
      .isRefused("NOT_FOUND", "INVALID");
  });
});

describe("the tokens of an app that is archived", () => {
  const given = app.given(...shop, made("t1"), { type: "AppArchived", data: { note: "" } });

  it("can be revoked, and no others are created", () => {
    given.when(revoke("t1")).yields(revoked("t1"));
    given.when(create()).isRefused("ARCHIVED");
    given.when(rotate("t1")).isRefused("ARCHIVED");
  });
});

describe("the last ADMIN of all apps", () => {
  const issued: InstanceEvent = { type: "AdminTokenIssued", data: { tokenId: "token_1", hash: "h1" } };
  const admin = (id: string, given: Partial<Made["data"]> = {}) =>
    made(id, { kind: "PERSON", role: "ADMIN", ...given });
  const lastAdmin = { code: "WRONG_STATE", path: ["tokenId"] };

  it("cannot be revoked, whether it is the admin token or another", () => {
    instance.given(issued).when(revoke(ADMIN_TOKEN_ID)).isRefusedWith(lastAdmin);
    instance.given(issued, admin("a"), revoked(ADMIN_TOKEN_ID)).when(revoke("a")).isRefusedWith(lastAdmin);
    instance.given(issued, admin("a"), revoked("a")).when(revoke(ADMIN_TOKEN_ID)).isRefusedWith(lastAdmin);
  });

  it("is not the last one while there is another", () => {
    instance.given(issued, admin("a")).when(revoke(ADMIN_TOKEN_ID)).yields(revoked(ADMIN_TOKEN_ID));
    instance.given(issued, admin("a")).when(revoke("a")).yields(revoked("a"));
  });

  it("is the last one beside those that will expire, or may less, or are services", () => {
    const others = [
      admin("a", { expiresAt: LATER }),
      made("b", { kind: "PERSON", role: "PUBLISHER" }),
      made("c"),
    ];
    instance
      .given(issued, ...others)
      .when(revoke(ADMIN_TOKEN_ID))
      .isRefusedWith(lastAdmin);
    instance
      .given(issued, ...others)
      .when(revoke("a"))
      .yields(revoked("a"));
  });
});

describe("the admin token", () => {
  const issued: InstanceEvent = { type: "AdminTokenIssued", data: { tokenId: "token_1", hash: "h1" } };
  const another = made("a", { kind: "PERSON", role: "ADMIN" });

  it("is not rotated as others are", () => {
    instance.given(issued).when(rotate(ADMIN_TOKEN_ID)).isRefused("WRONG_STATE");
  });

  it("is not there before one is issued", () => {
    instance.given().when(revoke(ADMIN_TOKEN_ID)).isRefused("NOT_FOUND");
  });

  it("is revoked once, and its secret is never issued again", () => {
    const past = [issued, another, revoked(ADMIN_TOKEN_ID)];
    instance
      .given(...past)
      .when(revoke(ADMIN_TOKEN_ID))
      .yieldsNothing();
    const again = { tokenId: "token_2", hash: "h1" };
    instance
      .given(...past)
      .when({ type: "IssueAdminToken", data: again })
      .isRefused("WRONG_STATE");
    const other = { tokenId: "token_2", hash: "h2" };
    instance
      .given(...past)
      .when({ type: "IssueAdminToken", data: other })
      .yields({ type: "AdminTokenIssued", data: other });
  });
});
