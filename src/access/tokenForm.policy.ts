import type { Role, TokenKind } from "./roles.policy";
import type { TokenContent } from "./token.events";
import { noteRefusals } from "../lib/note";
import type { Refusal } from "../lib/refusal";
import { checkText } from "../lib/text";

export const TOKEN_NAME_LENGTH_MAX = 120;
/** As many as an app has environments. */
export const TOKEN_ENVIRONMENTS_MAX = 20;

/** What is asked for; what is left out is null. */
export type NewToken = Readonly<{
  name: string;
  kind: TokenKind;
  /** Of a person. */
  role: Role | null;
  /** The limit of an EDITOR or PUBLISHER. */
  environments: readonly string[] | null;
  /** The one of a CLIENT. */
  environment: string | null;
  expiresAt: string | null;
  note: string;
}>;

/** What a token of this form would be, and every reason why the form is wrong. */
export function checkToken(
  given: NewToken,
  scope: TokenScope,
  at: string,
): Readonly<{ content: TokenContent; reasons: readonly Refusal[] }> {
  const { kind, role, expiresAt } = given;
  const name = given.name.trim();
  const environments =
    kind === "CLIENT" && given.environment !== null ? [given.environment] : given.environments;
  const reasons = [
    ...invalid("name", checkText("The name", name, { lengthMin: 1, lengthMax: TOKEN_NAME_LENGTH_MAX })),
    ...noteRefusals(given.note),
    ...roleRefusals(given),
    ...environmentRefusals(given, scope),
    ...invalid("expiresAt", expiresAt !== null && expiresAt <= at ? IN_THE_PAST : null),
  ];
  return { content: { name, kind, role, environments, expiresAt }, reasons };
}

/** The environments of the app that the token is of; null if it is of all apps. */
export type TokenScope = Readonly<{ environments: readonly string[] | null }>;

const IN_THE_PAST = "The token would have expired already; choose an instant that is yet to come, or none.";

function roleRefusals({ kind, role }: NewToken): readonly Refusal[] {
  if (kind === "PERSON") return invalid("role", role === null ? "Say which role the person has." : null);
  return invalid(
    "role",
    role === null ? null : `A token of kind ${kind} has no role; leave it out, or make the kind PERSON.`,
  );
}

function environmentRefusals(given: NewToken, scope: TokenScope): readonly Refusal[] {
  return given.kind === "CLIENT" ? clientRefusals(given, scope) : limitRefusals(given, scope);
}

function clientRefusals(
  { environment, environments }: NewToken,
  { environments: known }: TokenScope,
): readonly Refusal[] {
  if (known === null) {
    return invalid("app", "A token of kind CLIENT is of one app; say which.");
  }
  const listed = environments === null ? null : `A CLIENT has one environment; give it as "environment".`;
  if (environment === null) {
    return invalid("environment", listed ?? "Say in which environment the client's users live.");
  }
  return [
    ...invalid("environments", listed),
    ...unknownRefusals([environment], known, () => ["environment"]),
  ];
}

function limitRefusals(
  { kind, role, environment, environments }: NewToken,
  { environments: known }: TokenScope,
): readonly Refusal[] {
  const only = environment === null ? null : `Only a CLIENT has one environment; leave "environment" out.`;
  const reasons = invalid("environment", only);
  if (environments === null) return reasons;
  if (kind === "SERVER" || (role !== "EDITOR" && role !== "PUBLISHER")) {
    const message = `Only an EDITOR or a PUBLISHER is limited to environments; leave "environments" out.`;
    return [...reasons, ...invalid("environments", message)];
  }
  return [
    ...reasons,
    ...listRefusals(environments),
    ...unknownRefusals(environments, known, (index) => ["environments", String(index)]),
  ];
}

function listRefusals(environments: readonly string[]): readonly Refusal[] {
  const { length } = environments;
  if (length === 0) return invalid("environments", "Name at least one environment, or leave the limit out.");
  if (length > TOKEN_ENVIRONMENTS_MAX) {
    const message = `A token is limited to at most ${TOKEN_ENVIRONMENTS_MAX} environments; these are ${length}.`;
    return invalid("environments", message);
  }
  const isTwice = new Set(environments).size < length;
  return invalid("environments", isTwice ? "The same environment stands there twice; name it once." : null);
}

/** A token of all apps can name any environment: some app may have it, now or later. */
function unknownRefusals(
  environments: readonly string[],
  known: readonly string[] | null,
  pathOf: (index: number) => readonly string[],
): readonly Refusal[] {
  return environments.slice(0, TOKEN_ENVIRONMENTS_MAX).flatMap((environment, index): readonly Refusal[] => {
    const path = pathOf(index);
    if (known === null) {
      const bounds = { lengthMin: 1, lengthMax: ENVIRONMENT_LENGTH_MAX };
      const message = checkText("The environment", environment, bounds);
      return message === null ? [] : [{ code: "INVALID", message, path }];
    }
    if (known.includes(environment)) return [];
    const message =
      `There is no environment "${environment.slice(0, ENVIRONMENT_LENGTH_MAX)}" in this app; ` +
      `it has: ${known.join(", ")}.`;
    return [{ code: "NOT_FOUND", message, path }];
  });
}

const ENVIRONMENT_LENGTH_MAX = 200;

function invalid(field: string, message: string | null): readonly Refusal[] {
  return message === null ? [] : [{ code: "INVALID", message, path: [field] }];
}
