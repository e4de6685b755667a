import { KEY_TYPES } from "../keys/key.events";
import type { JsonObject } from "../lib/json";

/** The things that changes are about, by GraphQL type name. */
export type EntityKind =
  "App" | "Environment" | "Key" | "Segment" | "Goal" | "Config" | "Flag" | "Experiment" | "Token" | "Webhook";

type Schema = JsonObject;

// Open to new members, which consumers skip; every member that stands here is always there.
const object = (properties: Readonly<Record<string, Schema>>, description?: string): Schema => ({
  type: "object",
  ...(description !== undefined && { description }),
  required: Object.keys(properties),
  properties,
});
const text = (description: string): Schema => ({ type: "string", description });
const textOrNull = (description: string): Schema => ({ type: ["string", "null"], description });
const flag = (description: string): Schema => ({ type: "boolean", description });
const count = (description: string): Schema => ({ type: "integer", minimum: 0, description });
const instant = (description: string): Schema => ({ type: "string", format: "date-time", description });
const instantOrNull = (description: string): Schema => ({
  type: ["string", "null"],
  format: "date-time",
  description,
});
const list = (items: Schema, description: string): Schema => ({ type: "array", items, description });
const byName = (of: Schema, description: string): Schema => ({
  type: "object",
  additionalProperties: of,
  description,
});
const oneOf = (description: string, ...values: string[]): Schema => ({ enum: values, description });
const listOrNull = (description: string): Schema => ({
  anyOf: [{ type: "null" }, list({ type: "string" }, "At least one.")],
  description,
});
const percentage = (description: string): Schema => ({
  type: "number",
  minimum: 0,
  maximum: 100,
  description,
});
const json = (description: string): Schema => ({ description });

const id = text("Its id, as in `node(id:)`.");
const name = text("What people call it.");
const description = text("What it is for; may be empty.");
const isArchived = flag("Whether it was put away.");
const condition = (of: string): Schema => ({
  type: "object",
  description: `${of}, in the condition language: condition.schema.json.`,
});
const labels = {
  tags: list({ type: "string" }, "In order."),
  owner: textOrNull("Who is in charge."),
  removeBy: instantOrNull("By when it should be gone."),
};

const rule = (gives: Readonly<Record<string, Schema>>): Schema =>
  object({
    id: text("Lives on through edits."),
    seed: text("What its percentage is bucketed by; lives on through edits."),
    segmentId: textOrNull("Whom it is for; null is everyone."),
    percentage: { type: "number", minimum: 0, maximum: 100, description: "Of those whom the segment holds." },
    bucketBy: textOrNull("The property that is bucketed; null is the user's id."),
    bucketByFallback: textOrNull("The property that stands in where that is missing."),
    ...gives,
  });

/** A config or a flag; `content` is what a version of it holds. */
const release = (
  content: Readonly<Record<string, Schema>>,
  more: Readonly<Record<string, Schema>>,
): Readonly<Record<string, Schema>> => ({
  id,
  name,
  description,
  isArchived,
  ...labels,
  ...more,
  latestVersion: object({
    number: count("From 1 on."),
    ...content,
    note: text("Why it was saved; may be empty."),
  }),
  environments: byName(
    object({ version: count("The active one."), ...content }),
    "Where a version is active, by the environment's name.",
  ),
  scheduledPublications: list(
    object({
      id,
      version: count("Which is to be active."),
      environment: text("Where."),
      startsAt: instant("From when on."),
      endsAt: instantOrNull("Until when; null is for good."),
      status: oneOf("How it stands.", "PENDING", "RUNNING", "SUSPENDED"),
    }),
    "Those that are not over.",
  ),
  previews: list(
    object({
      id,
      version: count("Which test users get."),
      environment: text("Where."),
      endsAt: instant("Until when."),
    }),
    "Those that go on.",
  ),
});

/** What `before` and `after` hold for each kind of thing. */
export const DOCUMENT_SCHEMAS: Readonly<Record<EntityKind, Schema>> = {
  App: object({
    id,
    slug: text("Its name in requests."),
    name,
    settings: object({
      mutuallyExclusiveExperiments: flag("Whether experiments are exclusive unless they say otherwise."),
      timeZone: text("Whose days statistics are told by."),
      retentionDays: { type: "integer", description: "For how many days it is kept what users did." },
    }),
    testUsers: {
      anyOf: [
        { type: "null" },
        object({ list: text("The name of the list of their ids."), count: count("How many.") }),
      ],
      description: "Who gets previews; null is nobody.",
    },
    isArchived,
    createdAt: instant("When it was created."),
  }),
  Environment: object({ id, name, description, isArchived, createdAt: instant("When it was created.") }),
  Key: object({
    id,
    name: text("What the app's code asks for."),
    type: oneOf("What values it takes.", ...KEY_TYPES),
    defaultValue: json("What users get whom nothing gives another value."),
    description,
    valueSchema: json("The JSON Schema of its values; null is none."),
    isVisibleToClients: flag("Whether tokens of kind CLIENT see it."),
    isArchived,
    ...labels,
  }),
  Segment: object({
    id,
    name,
    description,
    condition: condition("Who belongs to it"),
    clonedFrom: textOrNull("The segment that it was cloned from."),
    isArchived,
    ...labels,
  }),
  Goal: object({
    id,
    name,
    description,
    events: list(
      object({
        name: text("The event's name."),
        where: {
          anyOf: [{ type: "null" }, condition("Which of these events count")],
          description: "Null: all.",
        },
      }),
      "Whoever performs one of them has converted.",
    ),
    valueProperty: textOrNull("The numeric property that is summed up."),
    isArchived,
    ...labels,
  }),
  Config: object(
    release(
      {
        keys: list({ type: "string" }, "Names of the keys that it sets."),
        rules: list(
          rule({
            values: list(
              object({ key: text("A key's name."), value: json("What it is set to.") }),
              "What it gives.",
            ),
          }),
          "In order of priority.",
        ),
      },
      { keys: list({ type: "string" }, "Names of the keys that its latest version sets.") },
    ),
  ),
  Flag: object(
    release(
      {
        key: text("The name of its key."),
        rules: list(rule({ value: flag("What it gives.") }), "In order of priority."),
      },
      {
        key: text("The name of its key."),
        disabledIn: byName(
          object({
            disabledAt: instant("When."),
            disabledBy: text("By whom."),
            note: text("Why; may be empty."),
          }),
          "Where its kill switch is pulled, by the environment's name.",
        ),
      },
    ),
  ),
  Experiment: object({
    id,
    name,
    description,
    environment: text("Where it is to run."),
    segmentId: textOrNull("Whom it is for; null is everyone."),
    traffic: percentage("Of those whom the segment holds."),
    bucketBy: textOrNull("The property whose value gets a variation; null is the user's id."),
    bucketByFallback: textOrNull("The property that stands in where that is missing."),
    variations: list(
      object({
        name: text("Tells it apart from the others."),
        weight: percentage("Of those who are in the experiment."),
        values: list(
          object({ key: text("A key's name."), value: json("What it is set to.") }),
          "What it gives.",
        ),
      }),
      "The first one is the control.",
    ),
    goals: list(
      object({ goalId: text("The goal's id."), isGuardrail: flag("Whether it only must not get worse.") }),
      "The first one is the primary goal.",
    ),
    isArchived,
    ...labels,
  }),
  Token: object({
    id,
    name,
    kind: oneOf("Whose work it is for.", "PERSON", "SERVER", "CLIENT"),
    role: { enum: ["VIEWER", "EDITOR", "PUBLISHER", "ADMIN", null], description: "Of a person." },
    environments: {
      anyOf: [{ type: "null" }, list({ type: "string" }, "Their names.")],
      description: "Where it counts; null is everywhere.",
    },
    expiresAt: instantOrNull("When it ends by itself."),
    isRevoked: flag("Whether it was ended."),
    note: text("Why it was created; may be empty."),
  }),
  Webhook: object({
    id,
    url: text("Where changes are sent."),
    description,
    filter: object(
      {
        environments: listOrNull("Names of environments."),
        kinds: listOrNull("Types of things."),
        types: listOrNull("Types of events."),
        entities: listOrNull("Ids of things."),
      },
      "What is sent: what fits all lists that are not null.",
    ),
    secretNumber: count("From 1 on, one more for each rotation."),
    isDisabled: flag("Whether nothing is sent."),
    disabledReason: { enum: ["BY_HAND", "FAILED", "GONE", "RESTORED", null], description: "Why." },
  }),
};
