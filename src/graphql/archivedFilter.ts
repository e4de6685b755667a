import { registerEnumType } from "type-graphql";

/** Which of the archived and unarchived things a list shows. */
export const ArchivedFilter = { EXCLUDE: "EXCLUDE", INCLUDE: "INCLUDE", ONLY: "ONLY" } as const;
export type ArchivedFilter = keyof typeof ArchivedFilter;

registerEnumType(ArchivedFilter, {
  name: "ArchivedFilter",
  description: "Which things a list shows.",
  valuesConfig: {
    EXCLUDE: { description: "Only those that are not archived." },
    INCLUDE: { description: "All, archived or not." },
    ONLY: { description: "Only archived ones." },
  },
});

/** The values of `is_archived` that a list shows. */
export function isArchivedIn(filter: ArchivedFilter): readonly boolean[] {
  switch (filter) {
    case "EXCLUDE":
      return [false];
    case "INCLUDE":
      return [false, true];
    case "ONLY":
      return [true];
  }
}
