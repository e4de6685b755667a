import {
  getNamedType,
  getNullableType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLOutputType,
} from "graphql";
import type { FilledApp } from "./filledApp";
import { OPERATIONS, ROOT_TYPES, type Operation, type RootType } from "../../src/access/operations";
import { createSchema } from "../../src/graphql/schema";

/** One root field of the schema, with what it takes to call it. */
export type Call = Readonly<{ type: RootType; name: string; operation: Operation; field: Field }>;
type Field = GraphQLField<unknown, unknown>;

/** What is no event, since it concerns services or users: it stands in no history, and a repeat is seen by what is there. */
export const OFF_THE_LOG: ReadonlySet<string> = new Set([
  "createConsumer",
  "resetConsumer",
  "deleteConsumer",
  "ackChanges",
  "identify",
  "track",
  "reportDeliveries",
  "alias",
  "eraseUser",
  "measureSegment",
  "cancelJob",
]);

/** Every root field there is. What puts an end to something comes last, so that the others still find it. */
export function allCalls(): readonly Call[] {
  const schema = createSchema();
  const calls = ROOT_TYPES.flatMap((type) => {
    const root = schema.getType(type);
    if (!isObjectType(root)) throw new Error(`There is no ${type}.`);
    return Object.values(root.getFields()).map((field) => {
      const operation = OPERATIONS[type][field.name];
      if (!operation) throw new Error(`${type}.${field.name} has no row.`);
      return { type, name: field.name, operation, field };
    });
  });
  const isEnding = ({ name }: Call): boolean => /^(archive|cancel|revoke|delete|end|disable)/.test(name);
  return [...calls.filter((call) => !isEnding(call)), ...calls.filter(isEnding)];
}

/** The document and its variables, about things of the app. */
export function documentOf({ type, name, field, operation }: Call, app: FilledApp, now: Date) {
  const sample = samplesOf(name, operation, app, now);
  const given = field.args.filter(
    (argument) => isRequiredArgument(argument) || sample.isNamed(argument.name),
  );
  const variables = Object.fromEntries(given.map((a) => [a.name, sample.of(a.name, a.type)]));
  const declared = given.map((argument) => `$${argument.name}: ${String(argument.type)}`).join(", ");
  const passed = given.map((argument) => `${argument.name}: $${argument.name}`).join(", ");
  const head = `${type.toLowerCase()}${declared === "" ? "" : `(${declared})`}`;
  const query = `${head} { r: ${name}${passed === "" ? "" : `(${passed})`} ${selectionOf(field.type, 2)} }`;
  return { query, variables };
}

/** Everything that needs no argument, two levels deep; of errors all that they say. */
function selectionOf(type: GraphQLOutputType, depth: number): string {
  const named = getNamedType(type);
  if (!isCompositeType(named)) return "";
  if (named.name === "UserError") return "{ code message path }";
  if (!isObjectType(named) || depth === 0) return "{ __typename }";
  const fields = Object.values(named.getFields()).filter(
    ({ args, name }) => args.length === 0 && !GUARDED.has(`${named.name}.${name}`),
  );
  return `{ __typename ${fields.map((field) => `${field.name} ${selectionOf(field.type, depth - 1)}`).join(" ")} }`;
}

const GUARDED: ReadonlySet<string> = new Set(["App.tokens", "App.webhooks"]);

function samplesOf(name: string, { of }: Operation, app: FilledApp, now: Date) {
  let made = 0;
  const isNew = /^(create|clone|copy|import)/.test(name);
  // A flag is enabled where it is disabled, which it is not where all else happens.
  const isEnabling = name === "enableFlag";
  const inTwoHours = new Date(now.getTime() + 7_200_000).toISOString();
  const inAnHour = new Date(now.getTime() + 3_600_000).toISOString();
  const named: Record<string, unknown> = {
    ...app.ids,
    id: app.ids["configId"],
    ids: [app.ids["configId"]],
    name: isNew ? newName(name, app, now) : name.endsWith("Environment") ? "staging" : "colour",
    slug: `new-${(now.getTime() % 1e9).toString(36)}`,
    key: name.endsWith("Flag") ? "on" : "colour",
    consumer: "colour",
    keys: ["colour"],
    version: 1,
    environment: isEnabling ? "staging" : "production",
    from: name === "copyApp" ? app.slug : "production",
    to: "staging",
    configIds: [app.ids["configId"]],
    flagIds: [app.ids["flagId"]],
    goals: [app.ids["goalId"]],
    variations: [
      { name: "control", weight: 50 },
      { name: "blue", weight: 50, values: [{ key: "colour", value: "blue" }] },
    ],
    user: { id: "u" },
    changes: [{ configId: app.ids["configId"], version: 1 }],
    baselineRate: 0.05,
    minimumLift: 0.1,
    startAt: "NOW",
    startsAt: inTwoHours,
    defaultValue: "green",
    condition: { city: "Hamburg" },
    role: "VIEWER",
    kind: "PERSON",
    validateOnly: true,
    definition: definitionFor(app),
    url: "https://hooks.invalid/",
    properties: {},
    at: now.toISOString(),
  };
  if ("argument" in of) named[of.argument] = of.kind === "THING" ? idOf(of.noun) : app.slug;
  function idOf(noun: string): string {
    const id = app.ids[`${noun === "scheduled publication" ? "schedule" : noun}Id`];
    if (id === undefined) throw new Error(`A filled app has no ${noun}; let fillApp make one.`);
    return id;
  }
  const of_ = (argument: string, type: GraphQLInputType): unknown => {
    if (argument in named && argument !== "input") return named[argument];
    const nullable = getNullableType(type);
    if (isListType(nullable)) return [of_(`${argument} item`, nullable.ofType)];
    if (isEnumType(nullable)) return nullable.getValues()[0]?.value;
    if (isInputObjectType(nullable)) {
      const fields = Object.values(nullable.getFields()).filter(
        (field) =>
          isRequiredInputField(field) ||
          OPTIONAL_FIELDS.has(field.name) ||
          field.name in app.ids ||
          (isEnabling && field.name === "environment"),
      );
      return Object.fromEntries(fields.map((field) => [field.name, of_(field.name, field.type)]));
    }
    switch (String(nullable)) {
      case "Int":
      case "Float":
        return 1;
      case "Boolean":
        return true;
      case "JSON":
        return {};
      case "DateTime":
        return inAnHour;
      default:
        return `x${++made}`;
    }
  };
  return {
    of: of_,
    isNamed: (argument: string) => isNonNullArgument(argument),
  };
}

/** Of an app that has the same environments, and the segment that is live with another condition. */
function definitionFor({ definition }: FilledApp): unknown {
  const segments = definition.segments.map((segment) => ({ ...segment, condition: { city: "Bremen" } }));
  return { ...definition, segments };
}

/** Fits keys, environments and everything else that is named. */
function newName(name: string, { slug }: FilledApp, now: Date): string {
  return `new-${name}-${slug}-${(now.getTime() % 1e9).toString(36)}`.toLowerCase().slice(0, 40);
}

/**
 * Given although they need not be: so that a token is of an app, that what publishes only says whether it could be done, and
 * that what is live would become another.
 */
const OPTIONAL_FIELDS: ReadonlySet<string> = new Set([
  ...["app", "role", "validateOnly", "configIds", "flagIds"],
  ...["startsAt", "defaultValue", "condition", "baselineRate"],
]);
const isNonNullArgument = (name: string): boolean => name === "environment" || name === "startAt";

export const isNullable = ({ field }: Call): boolean => !isNonNullType(field.type);
