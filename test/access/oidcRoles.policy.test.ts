import {
  CLAIM_VALUES_MAX,
  grantsOf,
  readRoleMappings,
  ROLE_MAPPING_ENVIRONMENTS_MAX,
  ROLE_MAPPINGS_MAX,
  type RoleMapping,
} from "../../src/access/oidcRoles.policy";

const mapping = (value: string, more: Partial<RoleMapping> = {}): RoleMapping => ({
  value,
  role: "EDITOR",
  app: null,
  environments: null,
  ...more,
});
const read = (list: unknown) => readRoleMappings(JSON.stringify(list));
const names = (count: number) => Array.from({ length: count }, (_, index) => `n${index}`);

describe("mappings are read", () => {
  it("with what may be left out", () => {
    expect(read([{ value: "ops", role: "ADMIN" }])).toEqual({ value: [mapping("ops", { role: "ADMIN" })] });
    const limited = { value: "web", role: "PUBLISHER", app: "shop", environments: ["staging"] };
    expect(read([limited])).toEqual({ value: [limited] });
  });

  it.each<[string, unknown]>([
    ["that are no list", { value: "a", role: "EDITOR" }],
    ["of none", []],
    ["of too many", names(ROLE_MAPPINGS_MAX + 1).map((value) => mapping(value))],
    ["with a role that there is not", [{ value: "a", role: "OWNER" }]],
    ["with the role of a service", [{ value: "a", role: "SERVER" }]],
    ["without a value", [{ role: "EDITOR" }]],
    ["with an empty value", [{ value: "", role: "EDITOR" }]],
    ["with a field that nobody knows", [{ value: "a", role: "EDITOR", apps: "shop" }]],
    ["of an app that is no text", [{ value: "a", role: "EDITOR", app: 1 }]],
    ["that are no objects", ["EDITOR"]],
    ["limited to nothing", [{ value: "a", role: "EDITOR", environments: [] }]],
    ["limited to what is no list", [{ value: "a", role: "EDITOR", environments: "staging" }]],
    ["limited to what is no text", [{ value: "a", role: "EDITOR", environments: [1] }]],
    ["limited to too many", [mapping("a", { environments: names(ROLE_MAPPING_ENVIRONMENTS_MAX + 1) })]],
    ["with a limited ADMIN", [{ value: "a", role: "ADMIN", environments: ["staging"] }]],
    ["with a limited VIEWER", [{ value: "a", role: "VIEWER", environments: ["staging"] }]],
  ])("but none %s", (_, list) =>
    expect(read(list)).toEqual({ fault: expect.stringMatching(/^must /) as string }),
  );

  it("up to their bounds", () => {
    const many = names(ROLE_MAPPINGS_MAX).map((value) => mapping(value));
    const wide = [mapping("a", { environments: names(ROLE_MAPPING_ENVIRONMENTS_MAX) })];
    expect(read(many)).toEqual({ value: many });
    expect(read(wide)).toEqual({ value: wide });
    expect(readRoleMappings("[")).toHaveProperty("fault");
  });
});

describe("grants", () => {
  const mappings = [mapping("a", { app: "shop" }), mapping("b", { role: "ADMIN" })];
  const [a, b] = [
    { app: "shop", role: "EDITOR", environments: null },
    { app: null, role: "ADMIN", environments: null },
  ];

  it.each<[string, string, object, object[]]>([
    ["of a text", "roles", { roles: "a" }, [a as object]],
    ["of a list", "roles", { roles: ["b", "a", "c", 1, null] }, [a as object, b as object]],
    ["of a name like an address", "https://x.org/roles", { "https://x.org/roles": ["a"] }, [a as object]],
    ["of a place within", "/realm/roles", { realm: { roles: ["b"] } }, [b as object]],
    ["of nothing", "roles", {}, []],
    ["of what is no text", "roles", { roles: { a: true } }, []],
    ["of what nobody has", "/__proto__/name", {}, []],
    ["of texts that only hold it", "roles", { roles: ["aa", "A", " a"] }, []],
  ])("are those %s", (_, claim, claims, expected) =>
    expect(grantsOf(claims as Record<string, unknown>, claim, mappings)).toEqual(expected),
  );

  it("are looked for among so many values", () => {
    const values = names(CLAIM_VALUES_MAX - 1);
    expect(grantsOf({ roles: [...values, "a"] }, "roles", mappings)).toHaveLength(1);
    expect(grantsOf({ roles: [...values, "x", "a"] }, "roles", mappings)).toHaveLength(0);
  });
});
