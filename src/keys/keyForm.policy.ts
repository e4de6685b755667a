import { KEY_TYPES, type KeyContent, type KeyType } from "./key.events";
import { checkValue } from "./value.policy";
import { checkValueSchema } from "./valueSchema.policy";
import type { Json } from "../lib/json";
import type { Refusal } from "../lib/refusal";
import { checkText } from "../lib/text";

export const KEY_NAME_LENGTH_MAX = 120;
export const KEY_DESCRIPTION_LENGTH_MAX = 1_000;

const NAME = /^[A-Za-z_][A-Za-z0-9_.-]{0,119}$/;

/** Apps look names up in plain objects of their languages, where these find something else. */
const NAMES_REFUSED: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** What is wrong with a key's name, or null. */
export function keyNameRefusal(name: string): Refusal | null {
  if (NAMES_REFUSED.has(name)) {
    return invalid(["name"], `"${name}" means something else in many languages; choose another name.`);
  }
  if (NAME.test(name)) return null;
  return invalid(
    ["name"],
    `A key's name has 1 to ${KEY_NAME_LENGTH_MAX} characters: letters without accents, digits, ` +
      `"_", "." and "-", the first one a letter or "_".`,
  );
}

/** The content as it is stored, its default value rounded if the type wants it, or everything wrong with it. */
export function checkKeyContent(
  type: KeyType,
  content: KeyContent,
): Readonly<{ content: KeyContent; reasons: readonly Refusal[] }> {
  if (!KEY_TYPES.includes(type)) {
    return { content, reasons: [invalid(["type"], `A key's type is one of ${KEY_TYPES.join(", ")}.`)] };
  }
  const reasons = [...descriptionRefusals(content.description), ...schemaRefusals(content.valueSchema)];
  const isSchemaSound = reasons.every(({ path }) => path[0] !== "valueSchema");
  const valueSchema = isSchemaSound ? content.valueSchema : null;
  const checked = checkValue({ type, valueSchema }, content.defaultValue);
  if ("message" in checked) return { content, reasons: [...reasons, defaultRefusal(checked.message)] };
  return { content: { ...content, defaultValue: checked.value }, reasons };
}

export function invalid(path: readonly string[], message: string): Refusal {
  return { code: "INVALID", message, path };
}

function descriptionRefusals(description: string): readonly Refusal[] {
  const message = checkText("The description", description, { lengthMax: KEY_DESCRIPTION_LENGTH_MAX });
  return message === null ? [] : [invalid(["description"], message)];
}

function schemaRefusals(valueSchema: Json): readonly Refusal[] {
  if (valueSchema === null) return [];
  return checkValueSchema(valueSchema).map(({ pointer, message }) =>
    invalid(["valueSchema", ...pointer], message),
  );
}

function defaultRefusal(message: string): Refusal {
  return invalid(["defaultValue"], `The default value ${message}.`);
}
