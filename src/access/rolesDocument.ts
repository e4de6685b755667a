import { APP_FIELDS, OPERATIONS, ROOT_TYPES, type Operation, type RootType } from "./operations";
import { KIND_MEANINGS, RIGHT_MEANINGS, ROLE_MEANINGS } from "./roles.graphql";
import { RIGHTS, RIGHTS_OF, ROLES, type Right } from "./roles.policy";

/** docs/roles.md: who may do what, as the code has it. */
export function rolesDocument(): string {
  return [
    "# Roles",
    "Printed from the code by `npm run roles:print`; how tokens are made and what they are is in [access](access.md).",
    "## Rights",
    table(
      ["right", "allows"],
      RIGHTS.map((right) => [right, RIGHT_MEANINGS[right]]),
    ),
    "## Roles of people, and kinds of services",
    table(
      ["role or kind", "who", "rights"],
      HOLDERS.map((holder) => [holder, meaningOf(holder), rightsText(holder)]),
    ),
    "## Operations",
    "Within the app of the token. For anything of another app the answer is the same as for something that does not exist. " +
      "Whoever sees the app and lacks the right is told `FORBIDDEN`.",
    ...ROOT_TYPES.flatMap((type) => [`### ${TITLES[type]}`, operationsTable(type)]),
    "### What changes what somebody gets",
    "A `PERSON` may be limited to some environments. These take a right in each environment where somebody would get " +
      "something else by them, now or by a schedule: PUBLISH for what users get, EDIT for what only test users get. " +
      "Without it they are refused as `FORBIDDEN`, and nothing is done. " +
      "What they would not change is asked of nobody. An ADMIN is never limited.",
    reachTable(),
    "### Fields that need more than the right to read their app",
    table(
      ["field", "right", ...HOLDERS],
      Object.entries(APP_FIELDS).map(([name, right]) => [`\`App.${name}\``, right, ...marks(right)]),
    ),
  ]
    .join("\n\n")
    .concat("\n");
}

const HOLDERS = [...ROLES, "SERVER", "CLIENT"] as const;
type Holder = (typeof HOLDERS)[number];

const TITLES: { readonly [Type in RootType]: string } = {
  Query: "Queries",
  Mutation: "Mutations",
  Subscription: "Subscriptions",
};

function meaningOf(holder: Holder): string {
  return holder === "SERVER" || holder === "CLIENT" ? KIND_MEANINGS[holder] : ROLE_MEANINGS[holder];
}

const rightsText = (holder: Holder): string => RIGHTS_OF[holder].join(", ");

function operationsTable(type: RootType): string {
  const rows = Object.entries(OPERATIONS[type]).map(([name, operation]) => [
    `\`${name}\``,
    operation.right ?? "",
    whereText(operation),
    ...marks(operation.right),
  ]);
  return table(["operation", "right", "in", ...HOLDERS], rows);
}

function reachTable(): string {
  const rows = Object.entries(OPERATIONS.Mutation).flatMap(([name, { reach }]) =>
    reach === undefined ? [] : [[`\`${name}\``, reach.right, reach.where]],
  );
  return table(["operation", "takes", "in"], rows);
}

const marks = (right: Right | null): string[] =>
  HOLDERS.map((holder) => (right === null || RIGHTS_OF[holder].includes(right) ? "yes" : ""));

function whereText({ of, environment, notForClients }: Operation): string {
  const where = subjectText(of);
  const within = environment === undefined ? "" : `; of a CLIENT, its \`${environment}\``;
  const without =
    notForClients === undefined
      ? ""
      : ` and without ${notForClients.map((name) => `\`${name}\``).join(", ")}`;
  return `${where}${within}${without}`;
}

function subjectText(of: Operation["of"]): string {
  switch (of.kind) {
    case "ANYBODY":
      return "";
    case "APP":
      return `the app named by \`${of.argument}\``;
    case "THING":
      return `the app of the ${of.noun} named by \`${of.argument}\``;
    case "SEEN":
      return "any app; shows what may be seen";
    case "ALL_APPS":
      return "all apps";
    case "APP_OR_ALL":
      return `the app named by \`${of.argument}\`; all apps without it`;
  }
}

/** Padded as the formatter pads it. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(3, title.length, ...rows.map((row) => (row[column] ?? "").length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => (cells[column] ?? "").padEnd(width)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}
