import {
  appsWith,
  may,
  RIGHTS,
  RIGHTS_OF,
  ROLES,
  sees,
  type Actor,
  type Grant,
} from "../../src/access/roles.policy";

const actor = (...grants: Partial<Grant>[]): Actor => ({
  id: "somebody",
  kind: "PERSON",
  grants: grants.map((grant) => ({ app: "shop", role: "VIEWER", environments: null, ...grant })),
});

describe("roles", () => {
  it("may each do what those before them may, and more", () => {
    for (const [index, role] of ROLES.slice(1).entries()) {
      const before = RIGHTS_OF[ROLES[index] ?? "VIEWER"];
      expect(RIGHTS_OF[role].slice(0, before.length)).toEqual(before);
      expect(RIGHTS_OF[role].length).toBeGreaterThan(before.length);
    }
    expect(RIGHTS_OF.ADMIN).toEqual(RIGHTS);
  });

  it("give services less than they give a person who publishes", () => {
    // What is told of users decides what they get, as what is published does.
    expect(RIGHTS_OF.PUBLISHER).toEqual(expect.arrayContaining([...RIGHTS_OF.SERVER]));
    expect(RIGHTS_OF.SERVER).toEqual(expect.arrayContaining([...RIGHTS_OF.CLIENT]));
    expect(RIGHTS_OF.SERVER).not.toContain("READ");
  });
});

describe("a right", () => {
  it("holds in the app of its grant, and in no other", () => {
    const editor = actor({ role: "EDITOR" });
    expect(may(editor, "EDIT", "shop")).toBe(true);
    expect(may(editor, "PUBLISH", "shop")).toBe(false);
    expect(may(editor, "EDIT", "other")).toBe(false);
    expect(may(editor, "EDIT", null)).toBe(false);
  });

  it("of all apps holds in each, and for all of them together", () => {
    const admin = actor({ role: "ADMIN", app: null });
    expect(may(admin, "ADMINISTER", "shop")).toBe(true);
    expect(may(admin, "ADMINISTER", null)).toBe(true);
  });

  it("may come from one grant in one app and from another one elsewhere", () => {
    const person = actor({ role: "VIEWER" }, { role: "ADMIN", app: "other" });
    expect(may(person, "EDIT", "shop")).toBe(false);
    expect(may(person, "EDIT", "other")).toBe(true);
    expect(sees(person, "third")).toBe(false);
    expect(appsWith(person, "READ")).toEqual(["other", "shop"]);
    expect(appsWith(person, "EDIT")).toEqual(["other"]);
    expect(appsWith(actor({ app: null }), "READ")).toBeNull();
  });

  it("of nobody is nowhere", () => {
    expect(RIGHTS.filter((right) => may(actor(), right, "shop"))).toEqual([]);
    expect(sees(actor(), "shop")).toBe(false);
    expect(appsWith(actor(), "READ")).toEqual([]);
  });
});

describe("a limit to environments", () => {
  const limited = actor({ role: "PUBLISHER", environments: ["staging"] });

  it("holds back what changes something elsewhere", () => {
    expect(may(limited, "PUBLISH", "shop", "staging")).toBe(true);
    expect(may(limited, "PUBLISH", "shop", "production")).toBe(false);
    expect(may(limited, "EDIT", "shop", "production")).toBe(false);
  });

  it("lets everything be seen", () => {
    expect(may(limited, "READ", "shop", "production")).toBe(true);
    expect(may(limited, "EVALUATE", "shop", "production")).toBe(true);
  });

  it("asks for nothing where no environment is named", () =>
    expect(may(limited, "PUBLISH", "shop")).toBe(true));

  it("of a client is all that it may evaluate in", () => {
    const client: Actor = {
      id: "client",
      kind: "CLIENT",
      grants: [{ app: "shop", role: "CLIENT", environments: ["staging"] }],
    };
    expect(may(client, "EVALUATE", "shop", "staging")).toBe(true);
    expect(may(client, "EVALUATE", "shop", "production")).toBe(false);
  });
});
