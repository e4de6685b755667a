import type { ChangeEvent, ChangeItem } from "./changeFeed";

/** The result of an item that is an event, as JSON text. */
export type ItemTemplate = (item: EventItem) => string;
export type EventItem = Extract<ChangeItem, { kind: "EVENT" }>;

/** Result, as JSON text; null if a field failed. */
type Execute = (item: EventItem) => string | null;

const FACTS = [
  ...(["id", "type", "source", "dataschema", "sequence", "subject", "entityKind", "time"] as const),
  ...(["actor", "note", "environment", "before", "after"] as const),
] satisfies readonly (keyof ChangeEvent)[];

/**
 * What a selection gives of every event is the same but for the texts of its facts, none of which any field changes. So it
 * is executed on events that are made up, and from then on the facts of real ones are put in their places. Null if that
 * does not hold of this selection.
 */
export function templateOf(execute: Execute): ItemTemplate | null {
  const [one, other] = (["1", "2"] as const).map((sample) => partsOf(execute(sampleItem(sample)), sample));
  // A field that made something of a fact would show here.
  if (!one || !other || JSON.stringify(one) !== JSON.stringify(other)) return null;
  const [first = "", ...rest] = one;
  return (item) => {
    let text = first;
    for (let index = 0; index < rest.length; index += 2) text += factOf(item, rest[index]) + rest[index + 1];
    return text;
  };
}

/** No name in an answer has such characters, and no text of a field that is always the same. */
const markOf = (sample: string, fact: string): string => `%${sample}:${fact}%`;

/** Texts that are always the same, and between each two the name of a fact. */
function partsOf(result: string | null, sample: string): readonly string[] | null {
  return result === null ? null : result.split(new RegExp(`"${markOf(sample, "([a-z]+)")}"`, "i"));
}

function sampleItem(sample: string): EventItem {
  const facts = Object.fromEntries(FACTS.map((fact) => [fact, markOf(sample, fact)]));
  return {
    ...{ kind: "EVENT", cursor: markOf(sample, "cursor"), lease: markOf(sample, "lease") },
    // All of them, and each is a text.
    event: facts as Record<(typeof FACTS)[number], string>,
  };
}

function factOf({ cursor, lease, texts, event }: EventItem, fact: string | undefined): string {
  if (fact === "cursor") return JSON.stringify(cursor);
  if (fact === "lease") return JSON.stringify(lease ?? null);
  if (texts && (fact === "before" || fact === "after")) return texts[fact] ?? "null";
  return JSON.stringify(event[fact as keyof ChangeEvent]);
}
