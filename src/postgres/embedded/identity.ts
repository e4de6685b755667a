import type { SpawnOptions } from "node:child_process";

/**
 * Who PostgreSQL runs as, since it refuses to run as root: ourselves; another user; or ourselves in a user namespace,
 * where we own our files as ever but have none of root's powers, and are called nobody.
 */
export type Identity =
  | Readonly<{ kind: "self" }>
  | Readonly<{ kind: "user"; uid: number; gid: number }>
  | Readonly<{ kind: "namespace" }>;

/** The program and arguments that run a program as `identity`, together with `identityOptions`. */
export function commandAs(
  identity: Identity,
  program: string,
  programArguments: readonly string[],
): [string, readonly string[]] {
  return identity.kind === "namespace"
    ? ["unshare", ["-U", program, ...programArguments]]
    : [program, programArguments];
}

export function identityOptions(identity: Identity): SpawnOptions {
  return identity.kind === "user" ? { uid: identity.uid, gid: identity.gid } : {};
}

/** Who must own PostgreSQL's files, or null if they are ours whatever we do. */
export function fileOwner(identity: Identity): Readonly<{ uid: number; gid: number }> | null {
  if (identity.kind === "user") return identity;
  return isRoot() ? { uid: 0, gid: 0 } : null;
}

export const isRoot = (): boolean => process.getuid?.() === 0;
