import type { EndDuePreview } from "./preview.decider";
import type { PreviewRow } from "./preview.projection";
import type { ScheduledPublicationRow } from "./publication.projection";
import type { Due } from "./due.decider";
import type { Command } from "../lib/decider";

export type DueCommand =
  | Command<"StartScheduledPublication" | "EndScheduledPublication", Due>
  | Command<"EndDuePreview", EndDuePreview>;

/** One command that the scheduler has to send. `name` is the same whenever it is sent again. */
export type DueAction = Readonly<{ app: string; name: string; dueAt: string; command: DueCommand }>;

/**
 * What has to be done about these rows, in the order in which it should have happened: a window that lies wholly in
 * the past starts and ends, each in its turn among the others. Rows come in order of their due times.
 */
export function dueActions(rows: readonly ScheduledPublicationRow[], until: string): readonly DueAction[] {
  return rows.flatMap((row) => actionsOf(row, until)).sort(inOrder);
}

/** What has to be done about previews whose time is up. Nobody gets them any more, so their order means nothing. */
export function previewActions(rows: readonly PreviewRow[]): readonly DueAction[] {
  return rows.map(({ app, id: previewId, ends_at: dueAt }) => ({
    app,
    name: `preview/${previewId}/end/${dueAt}`,
    dueAt,
    command: { type: "EndDuePreview", data: { previewId, dueAt } },
  }));
}

function actionsOf(
  { app, id: scheduleId, status, starts_at, ends_at }: ScheduledPublicationRow,
  until: string,
): DueAction[] {
  const action = (verb: "start" | "end", dueAt: string): DueAction => ({
    app,
    name: `schedule/${scheduleId}/${verb}/${dueAt}`,
    dueAt,
    command: {
      type: verb === "start" ? "StartScheduledPublication" : "EndScheduledPublication",
      data: { scheduleId, dueAt },
    },
  });
  const ends = ends_at !== null && ends_at <= until ? [action("end", ends_at)] : [];
  return status === "PENDING" ? [action("start", starts_at), ...ends] : ends;
}

/** Ends come before starts at the same instant, so that windows may follow each other; else rows keep their order. */
function inOrder(a: DueAction, b: DueAction): number {
  if (a.dueAt !== b.dueAt) return a.dueAt < b.dueAt ? -1 : 1;
  return rank(a) - rank(b);
}

const rank = ({ command }: DueAction): number => (command.type === "EndScheduledPublication" ? 0 : 1);
