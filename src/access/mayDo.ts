import type { Operation } from "./operations";
import { isClient, may, sees, type Actor } from "./roles.policy";
import { INSTANCE_STREAM } from "../apps/instance.events";
import { parseId } from "../lib/ids";

/** What an operation is given; a mutation's arguments stand in its `input`. */
export type Arguments = Readonly<Record<string, unknown>>;

export type Permission =
  | Readonly<{ answer: "YES" }>
  /** The actor sees the app, and its role does not allow this. */
  | Readonly<{ answer: "FORBIDDEN" }>
  /** Not there, or not the actor's: it is not to know which. */
  | Readonly<{ answer: "NOT_THERE"; missing: Missing }>;

export type Missing =
  | Readonly<{ kind: "APP"; argument: string; app: string }>
  | Readonly<{ kind: "THING"; argument: string; noun: string; id: string }>
  | Readonly<{ kind: "ENVIRONMENT"; argument: string; app: string; environment: string }>;

/**
 * The one place that decides whether an operation may be done; every root field of the API asks it. It looks at the
 * arguments and at nothing that is stored, so what it says of a thing tells nobody if that thing exists.
 */
export function mayDo(actor: Actor, operation: Operation, given: Arguments): Permission {
  const { right, of } = operation;
  if (right === null) return YES;
  switch (of.kind) {
    case "ANYBODY":
      return YES;
    case "SEEN":
      return actor.grants.some(({ app }) => may(actor, right, app)) ? YES : FORBIDDEN;
    case "ALL_APPS":
      return may(actor, right, null) ? YES : FORBIDDEN;
    case "APP_OR_ALL":
      return textIn(given, of.argument) === null
        ? may(actor, right, null)
          ? YES
          : FORBIDDEN
        : inApp(actor, operation, given, of.argument);
    case "APP":
      return inApp(actor, operation, given, of.argument);
    case "THING":
      return ofThing(actor, operation, given, of);
  }
}

const YES: Permission = { answer: "YES" };
const FORBIDDEN: Permission = { answer: "FORBIDDEN" };

function inApp(actor: Actor, operation: Operation, given: Arguments, argument: string): Permission {
  const app = textIn(given, argument) ?? "";
  if (!sees(actor, app)) return { answer: "NOT_THERE", missing: { kind: "APP", argument, app } };
  return within(actor, operation, given, app);
}

function ofThing(
  actor: Actor,
  operation: Operation,
  given: Arguments,
  { argument, noun }: Extract<Operation["of"], { kind: "THING" }>,
): Permission {
  const id = textIn(given, argument) ?? "";
  const app = scopeOfId(id);
  if (!sees(actor, app)) return { answer: "NOT_THERE", missing: { kind: "THING", argument, noun, id } };
  return within(actor, operation, given, app);
}

function within(actor: Actor, operation: Operation, given: Arguments, app: string | null): Permission {
  const { right, environment: argument, notForClients = [] } = operation;
  if (right === null || !may(actor, right, app)) return FORBIDDEN;
  if (argument !== undefined) {
    const environment = textIn(given, argument) ?? "";
    if (!may(actor, right, app, environment)) {
      return { answer: "NOT_THERE", missing: { kind: "ENVIRONMENT", argument, app: app ?? "", environment } };
    }
  }
  const isTooMuch = isClient(actor) && notForClients.some((name) => isGiven(argumentsIn(given)[name]));
  return isTooMuch ? FORBIDDEN : YES;
}

/** The app that an id stands in; null if it is of all apps, and no app's slug if it is no id of ours. */
export function scopeOfId(id: string): string | null {
  const { app } = parseId(id) ?? { app: "" };
  return app === INSTANCE_STREAM ? null : app;
}

const isGiven = (value: unknown): boolean => value !== undefined && value !== null;

function textIn(given: Arguments, name: string): string | null {
  const value = argumentsIn(given)[name];
  return typeof value === "string" ? value : null;
}

/** The app that it is about, as its arguments say; null if it is about all of them. */
export function appOf({ of }: Operation, given: Arguments): string | null {
  if (of.kind === "THING") return scopeOfId(textIn(given, of.argument) ?? "");
  return "argument" in of ? textIn(given, of.argument) : null;
}

export function argumentsIn(given: Arguments): Arguments {
  const { input } = given;
  return typeof input === "object" && input !== null ? (input as Arguments) : given;
}
