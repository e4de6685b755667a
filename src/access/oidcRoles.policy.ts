import { ROLES, type Grant, type Role } from "./roles.policy";
import { isJsonObject, type Json } from "../lib/json";

/** What somebody may do whose claim holds a value, as a group or a role of the identity provider. */
export type RoleMapping = Readonly<{
  value: string;
  role: Role;
  /** Null: in all apps. */
  app: string | null;
  environments: readonly string[] | null;
}>;

export const ROLE_MAPPINGS_MAX = 500;
export const ROLE_MAPPING_ENVIRONMENTS_MAX = 20;
/** Values of a claim that are looked at. Providers put all groups of a person there. */
export const CLAIM_VALUES_MAX = 1_000;

type MappingsRead = { value: readonly RoleMapping[] } | { fault: string };

/** Reads the list of mappings of a setting, a JSON array. */
export function readRoleMappings(text: string): MappingsRead {
  const list = parsed(text);
  if (!Array.isArray(list) || list.length === 0 || list.length > ROLE_MAPPINGS_MAX) {
    return { fault: `must be a JSON array of 1 to ${ROLE_MAPPINGS_MAX} objects like ${EXAMPLE}` };
  }
  const mappings: RoleMapping[] = [];
  for (const [index, entry] of list.entries()) {
    const mapping = mappingIn(entry as Json);
    if (mapping === null) return { fault: `must hold objects like ${EXAMPLE}; the one at ${index} is none` };
    mappings.push(mapping);
  }
  return { value: mappings };
}

const EXAMPLE = `{ "value": "releasers", "role": "PUBLISHER", "app": "shop", "environments": ["staging"] }, where "app" and "environments" may be left out`;

/** Everything that the claims of a person allow. Nobody is limited by one value where another one sets no limit. */
export function grantsOf(
  claims: Readonly<Record<string, unknown>>,
  claim: string,
  mappings: readonly RoleMapping[],
): readonly Grant[] {
  const values = new Set(valuesOf(claims, claim));
  return mappings
    .filter(({ value }) => values.has(value))
    .map(({ app, role, environments }) => ({ app, role, environments }));
}

/** A text, or the texts in a list; whatever else stands there is nothing that could be mapped. */
function valuesOf(claims: Readonly<Record<string, unknown>>, claim: string): readonly unknown[] {
  const found = claim.startsWith("/")
    ? claim
        .slice(1)
        .split("/")
        .reduce<unknown>((at, name) => own(at, name), claims)
    : own(claims, claim);
  return Array.isArray(found) ? found.slice(0, CLAIM_VALUES_MAX) : [found];
}

function own(object: unknown, name: string): unknown {
  return typeof object === "object" && object !== null && Object.hasOwn(object, name)
    ? (object as Record<string, unknown>)[name]
    : undefined;
}

function mappingIn(entry: Json): RoleMapping | null {
  if (!isJsonObject(entry)) return null;
  const { value, role: name, app = null, environments = null, ...rest } = entry;
  const role = ROLES.find((known) => known === name);
  const isMeant =
    isName(value) && role !== undefined && (app === null || isName(app)) && Object.keys(rest).length === 0;
  if (!isMeant || !isLimit(environments, role)) return null;
  return { value, role, app, environments };
}

/** As of tokens: an EDITOR or PUBLISHER can be limited, a VIEWER changes nothing, and an ADMIN everything. */
function isLimit(environments: Json | undefined, role: Role): environments is string[] | null {
  if (environments === null) return true;
  const isList = Array.isArray(environments) && environments.every((name) => isName(name as Json));
  return (
    isList &&
    environments.length > 0 &&
    environments.length <= ROLE_MAPPING_ENVIRONMENTS_MAX &&
    (role === "EDITOR" || role === "PUBLISHER")
  );
}

const isName = (value: Json | undefined): value is string => typeof value === "string" && value !== "";

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
