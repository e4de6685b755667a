/** What a line shows of a change. */
export type LineOfChange = Readonly<{
  type: string;
  time: string;
  entityKind: string;
  subject: string;
  actor: Readonly<{ id: string }>;
  environment: string | null;
  note: string;
  before: unknown;
  after: unknown;
}>;

/** A change in one line: when, what, of which thing, where, by whom, and why. */
export function changeLine(event: LineOfChange): string {
  const { type, time, entityKind, subject, actor, environment, note, before, after } = event;
  const name = nameIn(after) ?? nameIn(before) ?? subject;
  const parts = [
    time,
    type,
    `${entityKind} ${shown(name)}`,
    environment === null ? null : `in ${environment}`,
    `by ${actor.id}`,
    note === "" ? null : JSON.stringify(note),
  ];
  return parts.filter((part) => part !== null).join("  ");
}

function nameIn(thing: unknown): string | null {
  const { name } = (thing ?? {}) as Readonly<{ name?: unknown }>;
  return typeof name === "string" ? name : null;
}

/** Whoever names a thing has no say in what a terminal does. */
const shown = (name: string): string => (/^[\w.-]+$/.test(name) ? name : JSON.stringify(name));
