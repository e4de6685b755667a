/** What can be allowed. Every operation of the API needs one of them; see `operations.ts`. */
export const RIGHTS = ["EVALUATE", "FOLLOW", "READ", "EDIT", "INGEST", "PUBLISH", "ADMINISTER"] as const;
export type Right = (typeof RIGHTS)[number];

/** Of people, each of which may do what those before it may. */
export const ROLES = ["VIEWER", "EDITOR", "PUBLISHER", "ADMIN"] as const;
export type Role = (typeof ROLES)[number];

export const TOKEN_KINDS = ["PERSON", "SERVER", "CLIENT"] as const;
export type TokenKind = (typeof TOKEN_KINDS)[number];
export type ServiceKind = Exclude<TokenKind, "PERSON">;

export const RIGHTS_OF: { readonly [Name in Role | ServiceKind]: readonly Right[] } = {
  VIEWER: ["EVALUATE", "FOLLOW", "READ"],
  EDITOR: ["EVALUATE", "FOLLOW", "READ", "EDIT"],
  PUBLISHER: ["EVALUATE", "FOLLOW", "READ", "EDIT", "INGEST", "PUBLISH"],
  ADMIN: RIGHTS,
  SERVER: ["EVALUATE", "FOLLOW", "INGEST"],
  CLIENT: ["EVALUATE", "INGEST"],
};

/** A role, or the work of a service, and where it holds. */
export type Grant = Readonly<{
  /** Null: in all apps. */
  app: string | null;
  role: Role | ServiceKind;
  /** The only environments where it may change something or, of a CLIENT, evaluate. Null: all of them. */
  environments: readonly string[] | null;
}>;

/** Who asks. Its id is opaque, since it stands in events. */
export type Actor = Readonly<{ id: string; kind: TokenKind; grants: readonly Grant[] }>;

/**
 * Whether the actor has a right in an app (null: in all apps), and in one of its environments if one is named. Without
 * one, those who are limited to some have it: what they do is asked for again where its environments are known.
 */
export function may({ grants }: Actor, right: Right, app: string | null, environment?: string): boolean {
  return grants.some(
    (grant) =>
      RIGHTS_OF[grant.role].includes(right) && isOf(grant, app) && isWithin(grant, right, environment),
  );
}

/** Whether there is anything in the app (null: of all apps) that the actor may know of. What it does not see is not there for it. */
export function sees({ grants }: Actor, app: string | null): boolean {
  return grants.some((grant) => isOf(grant, app));
}

/** The apps where the actor has a right; null if that is all of them. */
export function appsWith({ grants }: Actor, right: Right): readonly string[] | null {
  const apps = new Set<string>();
  for (const { app, role } of grants) {
    if (!RIGHTS_OF[role].includes(right)) continue;
    if (app === null) return null;
    apps.add(app);
  }
  return [...apps].sort();
}

/** Clients are anybody's; they see values and nothing of where those come from. */
export const isClient = ({ kind }: Actor): boolean => kind === "CLIENT";

const isOf = (grant: Grant, app: string | null): boolean => grant.app === null || grant.app === app;

function isWithin({ role, environments }: Grant, right: Right, environment: string | undefined): boolean {
  const isLimited = role === "CLIENT" || right === "EDIT" || right === "PUBLISH";
  return (
    !isLimited || environments === null || environment === undefined || environments.includes(environment)
  );
}
