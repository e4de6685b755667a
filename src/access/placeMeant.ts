import type { Actor } from "./roles.policy";
import { PRODUCTION } from "../apps/app.events";

/** What a request names; null: nothing. */
type Named<Name> = Readonly<{ app: Name | null; environment: Name | null }>;
type Meant<Name> = Readonly<{ app: Name | string; environment: Name | string }>;

/**
 * Where an asker means. Who names no app means the one that the token is of, and who names no environment that of a client's token,
 * if it is of one, else production. Null if no app is named and the token is of several.
 */
export function placeMeant<Name>({ grants }: Actor, { app, environment }: Named<Name>): Meant<Name> | null {
  const [grant, ...others] = grants;
  const own = grant !== undefined && others.length === 0 ? grant : null;
  const meantApp = app ?? own?.app ?? null;
  if (meantApp === null) return null;
  const [only, ...more] = own?.role === "CLIENT" ? (own.environments ?? []) : [];
  const ownEnvironment = more.length === 0 ? only : undefined;
  return { app: meantApp, environment: environment ?? ownEnvironment ?? PRODUCTION };
}
