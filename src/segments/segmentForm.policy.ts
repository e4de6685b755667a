import { checkCondition } from "../evaluation/condition";
import type { Json } from "../lib/json";
import { noteRefusals } from "../lib/note";
import { membersOf } from "../lib/pointer";
import type { Refusal } from "../lib/refusal";
import { checkText } from "../lib/text";

export const SEGMENT_NAME_LENGTH_MAX = 120;
export const SEGMENT_DESCRIPTION_LENGTH_MAX = 1_000;

export type SegmentForm = Readonly<{ name: string; description: string; note: string; condition: Json }>;

/** Everything wrong with an input that can be said without knowing the app. The name comes trimmed. */
export function checkSegmentForm({ name, description, note, condition }: SegmentForm): readonly Refusal[] {
  return [
    ...refusalOf("name", checkText("The name", name, { lengthMin: 1, lengthMax: SEGMENT_NAME_LENGTH_MAX })),
    ...refusalOf(
      "description",
      checkText("The description", description, { lengthMax: SEGMENT_DESCRIPTION_LENGTH_MAX }),
    ),
    ...noteRefusals(note),
    ...conditionRefusals(condition),
  ];
}

/** The faults of a condition, each with the path to it: `["condition", "age", "$gt"]`. */
export function conditionRefusals(condition: Json): readonly Refusal[] {
  return checkCondition(condition).map(({ pointer, message }) => ({
    code: "INVALID",
    message,
    path: ["condition", ...membersOf(pointer)],
  }));
}

function refusalOf(field: string, message: string | null): readonly Refusal[] {
  return message === null ? [] : [{ code: "INVALID", message, path: [field] }];
}
