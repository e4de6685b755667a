/** What may not be as its author means it, though it was done or can be. It is said and nothing is kept from happening. */
export type Warning = Readonly<{
  code: WarningCode;
  /** What is odd and what to do about it, for people. */
  message: string;
  /** The path to the input field that it is about, as that of a refusal; empty if it is no single one. */
  path: readonly string[];
}>;

/** The closed list of warnings. New ones may be added at the end; none is ever renamed. */
export const WarningCode = {
  /** Earlier rules decide all that the rule sets, for everybody whom it takes. */
  RULE_UNREACHABLE: "RULE_UNREACHABLE",
  /** Nobody can belong to the segment, whatever a user is like. */
  MATCHES_NOBODY: "MATCHES_NOBODY",
  /** A rule takes 0 % of its users, or an experiment or one of its variations does. */
  PERCENTAGE_ZERO: "PERCENTAGE_ZERO",
  /** No rule sets the key, so that everybody gets its default. */
  KEY_UNSET: "KEY_UNSET",
  /** It is so already, as with a version that is active there. */
  NOTHING_CHANGES: "NOTHING_CHANGES",
  /** What is put away is active somewhere, so users get defaults from then on. */
  STILL_ACTIVE: "STILL_ACTIVE",
  /** There are more warnings than are listed. */
  MORE: "MORE",
} as const;
export type WarningCode = keyof typeof WarningCode;

/** Warnings that one answer lists; the last one then says how many more there are. */
export const WARNINGS_MAX = 200;

export function boundedWarnings(warnings: readonly Warning[]): readonly Warning[] {
  if (warnings.length <= WARNINGS_MAX) return warnings;
  const more = warnings.length - (WARNINGS_MAX - 1);
  const last: Warning = {
    code: "MORE",
    message: `There are ${more} more warnings; look at these first.`,
    path: [],
  };
  return [...warnings.slice(0, WARNINGS_MAX - 1), last];
}
