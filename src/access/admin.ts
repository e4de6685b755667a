import { RIGHTS, type Actor } from "../graphql/context";

/** Whoever holds the admin token. */
export const ADMIN: Actor = { id: "admin", role: "ADMIN", rights: new Set(RIGHTS) };
