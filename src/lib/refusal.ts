/** Why a command was refused. It is the caller's to mend, so it is data and not an exception. */
export type Refusal = Readonly<{
  code: RefusalCode;
  /** What is wrong and what to do about it, for people. */
  message: string;
  /** The path to the input field at fault, as `["rules", "0", "values", "0", "value"]`; empty if it is no single one. */
  path: readonly string[];
  /** With IN_USE: everything that uses the thing. */
  usedBy?: readonly Reference[];
  /** With VERSION_CONFLICT: what the caller expected and what is. */
  versions?: Readonly<{ expected: number; actual: number }>;
}>;

/** Names one thing of the domain, for a list of users or of reasons. `kind` is its GraphQL type name. */
export type Reference = Readonly<{ kind: string; id: string; name: string }>;

/** The closed list of reasons. New ones may be added at the end; none is ever renamed. */
export const RefusalCode = {
  /** The input breaks a rule that needs no knowledge of the app: form, length, type, range. */
  INVALID: "INVALID",
  /** The name or slug belongs to something else already. */
  TAKEN: "TAKEN",
  /** The input names something that does not exist. */
  NOT_FOUND: "NOT_FOUND",
  /** The thing cannot be archived or changed so while others use it. */
  IN_USE: "IN_USE",
  /** One more would exceed a documented limit. */
  LIMIT_REACHED: "LIMIT_REACHED",
  /** The thing is archived; restore it first. */
  ARCHIVED: "ARCHIVED",
  /** `expectedVersion` is not the latest version any more. */
  VERSION_CONFLICT: "VERSION_CONFLICT",
  /** The thing is not in a state in which this can be done. */
  WRONG_STATE: "WRONG_STATE",
  /** A segment would contain itself. */
  CYCLE: "CYCLE",
  /** A scheduled window would overlap another of the same thing in the same environment. */
  OVERLAP: "OVERLAP",
  /** The command id was used for a different command before. */
  COMMAND_ID_REUSED: "COMMAND_ID_REUSED",
  /** The actor's role does not allow this. */
  FORBIDDEN: "FORBIDDEN",
  /** What is acknowledged was not sent under the lease that a consumer's instance holds now. */
  LEASE_LOST: "LEASE_LOST",
  /** A consumer has acknowledged more already. */
  CURSOR_BEHIND: "CURSOR_BEHIND",
} as const;
export type RefusalCode = keyof typeof RefusalCode;
