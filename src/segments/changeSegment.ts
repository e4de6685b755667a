import { prepareCondition } from "./conditionLists";
import type { SegmentCommand } from "./segment.decider";
import type { Segment } from "./segment.graphql";
import { toSegment } from "./segment.nodes";
import { findSegments } from "./segment.queries";
import { executeWithLists } from "../audience/executeWithLists";
import type { Context } from "../graphql/context";
import { userErrors, withoutApp, type CommandOptions, type Said } from "../graphql/execute";
import type { UserError } from "../graphql/userError";
import type { Database } from "../postgres/database";

export type SegmentOutcome = Said & Readonly<{ segment: Segment | null }>;

/** Does what a mutation asks for. Lists of user ids that stand in the condition are stored apart from it. */
export async function changeSegment(
  context: Context,
  app: string,
  command: SegmentCommand,
  options: CommandOptions,
): Promise<SegmentOutcome> {
  const { database } = context.server;
  const { ready, lists, reasons } = await withListsApart(database, app, command);
  if (reasons.length > 0) return refused(await userErrors(context, reasons));
  const executed = await executeWithLists(context, app, ready, lists, options);
  if (!executed.isDone) return refused(inWordsOf(command, executed.errors));
  const isNew = command.type === "CreateSegment" || command.type === "CloneSegment";
  const [row] = await findSegments(database, [isNew ? executed.newId("segment") : command.data.id]);
  return { segment: row ? toSegment(row) : null, errors: [], warnings: executed.warnings };
}

const refused = (errors: readonly UserError[]): SegmentOutcome => ({ segment: null, errors, warnings: [] });

function inWordsOf({ type }: SegmentCommand, errors: readonly UserError[]): readonly UserError[] {
  return type === "CreateSegment" ? errors : withoutApp(errors, { noun: "segment", field: "segmentId" });
}

/** The command with references in the place of lists, and the lists. */
async function withListsApart(database: Database, app: string, command: SegmentCommand) {
  const given = "condition" in command.data ? command.data.condition : undefined;
  if (given === undefined) return { ready: command, lists: [], reasons: [] };
  const { condition, lists, reasons } = await prepareCondition(database, app, given);
  // The spread keeps the command's type and its other data.
  const ready = { ...command, data: { ...command.data, condition } } as SegmentCommand;
  return { ready, lists, reasons };
}
