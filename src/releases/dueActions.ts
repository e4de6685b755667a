import type { ScheduledPublicationRow } from "./publication.projection";

/** One command that the scheduler has to send. */
export type DueAction = Readonly<{
  app: string;
  scheduleId: string;
  type: "StartScheduledPublication" | "EndScheduledPublication";
  dueAt: string;
}>;

/**
 * What has to be done about these rows, in the order in which it should have happened: a window that lies wholly in
 * the past starts and ends, each in its turn among the others. Rows come in order of their due times.
 */
export function dueActions(rows: readonly ScheduledPublicationRow[], until: string): readonly DueAction[] {
  return rows.flatMap((row) => actionsOf(row, until)).sort(inOrder);
}

function actionsOf(
  { app, id, status, starts_at, ends_at }: ScheduledPublicationRow,
  until: string,
): DueAction[] {
  const start = { app, scheduleId: id, type: "StartScheduledPublication", dueAt: starts_at } as const;
  const ends: DueAction[] =
    ends_at !== null && ends_at <= until
      ? [{ app, scheduleId: id, type: "EndScheduledPublication", dueAt: ends_at }]
      : [];
  return status === "PENDING" ? [start, ...ends] : ends;
}

/** Ends come before starts at the same instant, so that windows may follow each other; else rows keep their order. */
function inOrder(a: DueAction, b: DueAction): number {
  if (a.dueAt !== b.dueAt) return a.dueAt < b.dueAt ? -1 : 1;
  return rank(a) - rank(b);
}

const rank = ({ type }: DueAction): number => (type === "EndScheduledPublication" ? 0 : 1);
