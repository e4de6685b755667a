import { cut, readBlocks } from "./blocks";
import { BackupRefused } from "./backupRefused";
import type { TableName } from "./keptTables";
import type { RecordedEvent } from "../eventstore/eventStore";
import type { FileHandle } from "node:fs/promises";

/** An event as a backup has it: with all but the position, which the log that it goes into gives it. */
export type KeptEvent = Omit<RecordedEvent, "position">;

/** What a backup consists of: one header, rows and events in any number, one end. */
export type BackupBlock =
  | Readonly<{ kind: "header"; migration: number; createdAt: string; logId: string }>
  /** Each row as JSON text, as PostgreSQL gives it. */
  | Readonly<{ kind: "rows"; table: TableName; rows: readonly string[] }>
  | Readonly<{ kind: "events"; events: readonly KeptEvent[] }>
  | Readonly<{ kind: "end"; rows: number; events: number }>;

/** Every block, each checked as far as it is read. @throws {BackupRefused} at the end, too, if that is missing. */
export async function* readBackup(file: Pick<FileHandle, "read">): AsyncGenerator<BackupBlock> {
  let [rows, events, isOver, isFirst] = [0, 0, false, true];
  for await (const read of readBlocks(file)) {
    // Its digest says that we have written it, and format 1 holds nothing else.
    const block = read as BackupBlock;
    if (isOver || isFirst !== (block.kind === "header"))
      throw new BackupRefused("its blocks are in disorder");
    isFirst = false;
    if (block.kind === "rows") rows += block.rows.length;
    if (block.kind === "events") events += block.events.length;
    if (block.kind === "end") {
      isOver = true;
      if (block.rows !== rows || block.events !== events) throw new BackupRefused("its counts are wrong");
    }
    yield block;
  }
  if (!isOver) throw cut();
}
