import { createCommandHandler, type ClosableCommandHandler } from "../../src/eventstore/commandHandler";
import type { Envelope } from "../../src/eventstore/commands";
import type { EventStore } from "../../src/eventstore/eventStore";
import { memorySnapshots, type SnapshotStore } from "../../src/eventstore/snapshots";
import { accept, refuse, type Command, type Decider, type Event } from "../../src/lib/decider";
import { makeId } from "../../src/lib/ids";

/** A small domain with every trait that the handler cares for: unique names, contents outside of the state, new ids. */
export type NotebookEvent =
  | Event<"NoteAdded", { id: string; name: string; text: string }>
  | Event<"NoteRemoved", { name: string }>
  | Event<"NoteCopied", { name: string; text: string }>;

export type NotebookCommand =
  | Command<"AddNote", { name: string; text?: string }>
  | Command<"RemoveNote", { name: string }>
  /** Wants the text of a note, which the state does not hold. */
  | Command<"CopyNote", { name: string; to: string }>
  | Command<"AddMany", { names: string[] }>;

export type Notebook = {
  /** Name → the revision where its text stands. */
  notes: Map<string, number>;
  added: string[];
};

export const NOTES_MAX = 5_000;

export const notebookDecider: Decider<Notebook, NotebookCommand, NotebookEvent> = {
  initialState: () => ({ notes: new Map(), added: [] }),

  evolve(state, { type, data }, { revision }) {
    if (type === "NoteRemoved") state.notes.delete(data.name);
    else state.notes.set(data.name, revision);
    if (type === "NoteAdded") state.added.push(data.id);
    return state;
  },

  needs(command, { notes }) {
    const revision = command.type === "CopyNote" ? notes.get(command.data.name) : undefined;
    return revision === undefined ? [] : [{ revision }];
  },

  decide({ type, data }, { notes }, { newId, content }) {
    const refuseAs = (code: "TAKEN" | "NOT_FOUND", name: string) =>
      refuse({ code, message: `About "${name}".`, path: ["name"] });
    switch (type) {
      case "AddNote":
        if (notes.has(data.name)) return refuseAs("TAKEN", data.name);
        return accept({
          type: "NoteAdded",
          data: { id: newId("note"), name: data.name, text: data.text ?? "" },
        });
      case "AddMany":
        return accept<NotebookEvent>(
          ...data.names.map((name, ordinal) => ({
            type: "NoteAdded" as const,
            data: { id: newId("note", ordinal), name, text: "" },
          })),
        );
      case "RemoveNote":
        return notes.has(data.name) ? accept({ type: "NoteRemoved", data }) : accept();
      case "CopyNote": {
        const revision = notes.get(data.name);
        if (revision === undefined) return refuseAs("NOT_FOUND", data.name);
        const { text } = content({ revision }) as { text: string };
        return accept({ type: "NoteCopied", data: { name: data.to, text } });
      }
    }
  },
};

export const BOOK = "app-book";

export type NotebookHandler = ClosableCommandHandler<Notebook, NotebookCommand>;

export function notebookHandler(
  store: EventStore,
  options: {
    now?: () => Date;
    snapshots?: SnapshotStore;
    stateVersion?: number;
    decider?: typeof notebookDecider;
    report?: (error: unknown) => void;
    timeoutMs?: number;
    contendedForMs?: number;
    warmStreamsMax?: number;
  } = {},
): NotebookHandler {
  return createCommandHandler({
    store,
    decider: notebookDecider,
    stateVersion: 1,
    snapshots: memorySnapshots(),
    now: () => new Date(),
    upcast: (event) => event,
    schemaVersionOf: () => 1,
    newIdOf: (stream, prefix, rest) => makeId(prefix, stream.slice("app-".length), rest),
    ...options,
  });
}

let lastCommandId = 0;

export function envelope(options: Partial<Envelope> = {}): Envelope {
  return { commandId: `command-${++lastCommandId}`, actor: "tester", may: () => true, ...options };
}

export const addNote = (name: string, text = ""): NotebookCommand => ({
  type: "AddNote",
  data: { name, text },
});
export const removeNote = (name: string): NotebookCommand => ({ type: "RemoveNote", data: { name } });
