import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  buildSchema,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
} from "graphql";
import { isObjectType, type GraphQLNamedType, type GraphQLOutputType } from "graphql";
import { guarded } from "../../src/access/guard.graphql";
import { OPERATIONS } from "../../src/access/operations";
import { OFF_THE_LOG } from "../access/operationCalls";
import { nodeTypes } from "../../src/graphql/nodes";
import { printedSchema } from "../../src/graphql/printSchema";
import { createSchema } from "../../src/graphql/schema";

const schema = createSchema();
const ownTypes = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith("__"));
const composites = ownTypes.filter((type) => isObjectType(type) || isInterfaceType(type));
const fields = composites.flatMap((type) =>
  Object.values(type.getFields()).map((field) => ({ at: `${type.name}.${field.name}`, type, field })),
);
const rootNames = ["Query", "Mutation", "Subscription"];

describe("the schema", () => {
  it("is what schema.graphql says; print it anew with `npm run schema:print`", () => {
    expect(readFileSync(join(__dirname, "../../schema.graphql"), "utf8")).toBe(printedSchema());
  });

  it("describes every type, field, argument and enum value", () => {
    expect(ownTypes.flatMap(undescribed).filter(isOwn)).toEqual([]);
  });

  it("says in every description more than the name", () => {
    const words = (text: string) => text.toLowerCase().replace(/[^a-z]/g, "");
    const idle = fields.filter(({ field }) => words(field.description ?? "") === words(field.name));
    expect(idle.map(({ at }) => at)).toEqual([]);
  });

  it("names fields in camelCase, types in PascalCase and enum values in UPPER_CASE", () => {
    const values = ownTypes.filter(isEnumType).flatMap((type) => type.getValues().map(({ name }) => name));
    expect(values.filter((name) => !/^[A-Z][A-Z0-9_]*$/.test(name))).toEqual([]);
    expect(fields.filter(({ field }) => !/^[a-z][A-Za-z0-9]*$/.test(field.name)).map(({ at }) => at)).toEqual(
      [],
    );
    expect(ownTypes.filter(({ name }) => !/^[A-Z][A-Za-z0-9]*$/.test(name)).map(({ name }) => name)).toEqual(
      [],
    );
  });

  it("does not start queries with get or list", () => {
    const queries = Object.keys(schema.getQueryType()?.getFields() ?? {});
    expect(queries.filter((name) => /^(get|list|fetch)[A-Z]/.test(name))).toEqual([]);
  });

  it("names booleans as questions", () => {
    // A setting is called what it switches on, and the value of a key is no question.
    const asked = fields.filter(({ type, at }) => type.name !== "AppSettings" && at !== "FlagRule.value");
    const booleans = asked.filter(({ field }) => String(getNullableType(field.type)) === "Boolean");
    expect(
      booleans.filter(({ field }) => !/^(is|has|keeps)[A-Z]/.test(field.name)).map(({ at }) => at),
    ).toEqual([]);
  });

  it("has only lists whose items are not null", () => {
    const bad = fields.filter(({ field }) => hasNullableItems(field.type));
    expect(bad.map(({ at, field }) => `${at}: ${String(field.type)}`)).toEqual([]);
  });
});

describe("every mutation", () => {
  const mutations = Object.values(schema.getMutationType()?.getFields() ?? {});

  it.each(mutations.map((mutation) => [mutation.name, mutation] as const))(
    "%s takes one `input` of its own and gives a payload of its own with `errors`",
    (name, { args, type }) => {
      const Name = `${name[0]?.toUpperCase()}${name.slice(1)}`;
      expect(args.map((argument) => `${argument.name}: ${String(argument.type)}`)).toEqual([
        `input: ${Name}Input!`,
      ]);
      expect(String(type)).toBe(`${Name}Payload!`);
      const payload = schema.getType(`${Name}Payload`);
      const payloadFields = isObjectType(payload) ? payload.getFields() : {};
      const { errors, warnings, ...others } = payloadFields;
      expect(String(errors?.type)).toBe("[UserError!]!");
      expect(["undefined", "[Warning!]!"]).toContain(String(warnings?.type));
      expect(
        Object.values(others)
          .filter((field) => isNonNullType(field.type))
          .map((field) => field.name),
      ).toEqual([]);
    },
  );

  it.each(["commandId", "note"])("takes an optional %s", (field) => {
    const inputs = mutations
      .filter(({ name }) => !OFF_THE_LOG.has(name))
      .map(({ name }) => schema.getType(`${name[0]?.toUpperCase()}${name.slice(1)}Input`));
    const without = inputs.filter(
      (input) => !isInputObjectType(input) || String(input.getFields()[field]?.type) !== "String",
    );
    expect(without.map(String)).toEqual([]);
  });
});

describe("every connection", () => {
  it("has edges, nodes, pageInfo and totalCount, and is paged by first and after", () => {
    const connections = composites.filter(({ name }) => name.endsWith("Connection"));
    expect(connections.length).toBeGreaterThan(3);
    for (const connection of connections) {
      expect(Object.keys(connection.getFields()).sort()).toEqual([
        "edges",
        "nodes",
        "pageInfo",
        "totalCount",
      ]);
    }
    const paged = fields.filter(({ field }) => /Connection!?$/.test(String(field.type)));
    const unpaged = paged.filter(
      ({ field }) => !["first", "after"].every((n) => field.args.some((a) => a.name === n)),
    );
    expect(unpaged.map(({ at }) => at)).toEqual([]);
  });
});

describe("every root field", () => {
  const rootFields = fields.filter(({ type }) => rootNames.includes(type.name)).map(({ at }) => at);
  const rows = Object.entries(OPERATIONS).flatMap(([type, operations]) =>
    Object.entries(operations).map(([name, operation]) => ({ at: `${type}.${name}`, operation })),
  );

  it("has a row in the table of operations, which has no other", () => {
    expect(rows.map(({ at }) => at).sort()).toEqual(rootFields.sort());
  });

  it("needs a right, but for the one that says who asks", () => {
    const open = rows.filter(({ operation }) => operation.right === null);
    expect(open.map(({ at }) => at)).toEqual(["Query.viewer"]);
  });

  it("that changes something needs more than to read", () => {
    const changing: readonly unknown[] = ["EDIT", "INGEST", "PUBLISH", "ADMINISTER"];
    // How far a follower has come is the follower's to say.
    const mutations = rows.filter(({ at }) => at.startsWith("Mutation.") && at !== "Mutation.ackChanges");
    expect(mutations.filter(({ operation }) => !changing.includes(operation.right))).toEqual([]);
  });

  it("without a row cannot be built", () => {
    const unlisted = buildSchema("type Query { viewer: String, everything: String }");
    expect(() => guarded(unlisted)).toThrow(`"Query.everything" needs a row in access/operations.ts`);
  });

  it("names arguments that it has, to find whose business it is", () => {
    const wrong = rows.filter(({ at, operation }) => {
      const names = argumentsOf(at);
      const named = "argument" in operation.of ? [operation.of.argument] : [];
      const others = [operation.environment ?? [], operation.notForClients ?? []].flat();
      return ![...named, ...others].every((name) => names.includes(name));
    });
    expect(wrong.map(({ at }) => at)).toEqual([]);
  });
});

/** Of a mutation, the fields of its input. */
function argumentsOf(at: string): readonly string[] {
  const found = fields.find((field) => field.at === at)?.field.args ?? [];
  return found.flatMap(({ name, type }) => {
    const input = getNullableType(type);
    return name === "input" && isInputObjectType(input) ? Object.keys(input.getFields()) : [name];
  });
}

describe("every implementor of Node", () => {
  it("can be found by its id", () => {
    const nodeInterface = schema.getType("Node");
    const implementors = isInterfaceType(nodeInterface) ? schema.getPossibleTypes(nodeInterface) : [];
    expect(implementors.map(({ name }) => name).sort()).toEqual([...nodeTypes().keys()].sort());
  });

  it("has a prefix of ids that is no other's beginning", () => {
    const prefixes = [...nodeTypes().values()].map(({ idPrefix }) => `${idPrefix}_`);
    const clashes = prefixes.filter((a, index) =>
      prefixes.some((b, other) => index !== other && b.startsWith(a)),
    );
    expect(clashes).toEqual([]);
  });
});

function undescribed(type: GraphQLNamedType): string[] {
  const missing = type.description ? [] : [type.name];
  if (isEnumType(type)) {
    return [
      ...missing,
      ...type.getValues().flatMap((v) => (v.description ? [] : [`${type.name}.${v.name}`])),
    ];
  }
  if (isInputObjectType(type)) {
    return [
      ...missing,
      ...Object.values(type.getFields()).flatMap((f) => (f.description ? [] : [`${type.name}.${f.name}`])),
    ];
  }
  if (!isObjectType(type) && !isInterfaceType(type)) return missing;
  return Object.values(type.getFields()).reduce((found, field) => {
    const at = `${type.name}.${field.name}`;
    const argumentsMissing = field.args.flatMap((a) => (a.description ? [] : [`${at}(${a.name})`]));
    return [...found, ...(field.description ? [] : [at]), ...argumentsMissing];
  }, missing);
}

/** GraphQL's own scalars and the root types are described by the specification. */
function isOwn(at: string): boolean {
  return ![...rootNames, "String", "Int", "Float", "Boolean", "ID"].includes(at);
}

function hasNullableItems(type: GraphQLOutputType): boolean {
  const nullable = getNullableType(type);
  return isListType(nullable) && (!isNonNullType(nullable.ofType) || hasNullableItems(nullable.ofType));
}
