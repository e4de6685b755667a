import type { ConditionDifference } from "../../src/evaluation/diffCondition";
import { canonicalJson } from "../../src/lib/canonicalJson";
import { isJsonObject, type Json, type JsonObject } from "../../src/lib/json";

/** What is left of a path, and what stands there after; `isNew` if nothing stood there before. */
type Edit = Readonly<{ path: readonly string[]; after: Json; isNew: boolean }>;

const BRANCHES = ["$and", "$or", "$nor"];
const SEGMENTS = ["$segment", "$notSegment"];
const TEXTS = ["$in", "$nin", "$ini", "$nini", "$all", "$alli"];

/** The condition that the differences make of another, by their paths alone: read as people read them. */
export function applyDifferences(
  condition: JsonObject,
  differences: readonly ConditionDifference[],
): JsonObject {
  const edits = differences.map(({ path, before, after }) => ({
    path: path.split("/").map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~")),
    after,
    isNew: before === null,
  }));
  return edited(condition, edits, operandEdited);
}

type EditOperand = (name: string, operand: Json, edits: readonly Edit[]) => Json;

/** Edits the members that the paths begin with; whole ones here, and inside of others by `inside`. */
function edited(object: JsonObject, edits: readonly Edit[], inside: EditOperand): JsonObject {
  const members = new Map(Object.entries(object));
  for (const name of new Set(edits.map(({ path: [first] }) => first ?? ""))) {
    const within = edits
      .filter(({ path: [first] }) => first === name)
      .map((edit) => ({ ...edit, path: edit.path.slice(1) }));
    const whole = within.find(({ path }) => path.length === 0);
    if (!whole) members.set(name, inside(name, members.get(name) ?? null, within));
    else if (whole.after === null) members.delete(name);
    else members.set(name, whole.after);
  }
  return Object.fromEntries(members);
}

function operandEdited(name: string, operand: Json, edits: readonly Edit[]): Json {
  if (BRANCHES.includes(name)) return branchesEdited(operand as JsonObject[], edits);
  if (SEGMENTS.includes(name)) return textsEdited(operand, edits);
  if (!isJsonObject(operand)) throw new Error(`There is nothing inside of ${name}.`);
  if (name === "$not") return edited(operand, edits, operandEdited);
  return edited(operand, edits, (_, texts, within) => textsEdited(texts, within));
}

/** Places are those of before, except where a branch came. */
function branchesEdited(branches: readonly JsonObject[], edits: readonly Edit[]): Json {
  const isWhole = ({ path }: Edit) => path.length === 1;
  const isGone = (index: number) =>
    edits.some((edit) => isWhole(edit) && !edit.isNew && edit.path[0] === String(index));
  const kept = branches.flatMap((branch, index) => {
    const within = edits.filter((edit) => !isWhole(edit) && edit.path[0] === String(index));
    const deeper = within.map((edit) => ({ ...edit, path: edit.path.slice(1) }));
    return isGone(index) ? [] : [edited(branch, deeper, operandEdited)];
  });
  return [...kept, ...edits.filter((edit) => isWhole(edit) && edit.isNew).map(({ after }) => after)];
}

function textsEdited(texts: Json, edits: readonly Edit[]): Json {
  const gone = edits.filter(({ isNew }) => !isNew).map(({ path: [text] }) => text);
  return [
    ...textsIn(texts).filter((text) => !gone.includes(text)),
    ...edits.filter(({ isNew }) => isNew).map(({ after }) => after),
  ];
}

const textsIn = (texts: Json): readonly string[] =>
  typeof texts === "string" ? [texts] : (texts as readonly string[]);

/** One form of all conditions that differ by nothing that means anything: an order, a repetition, a seed, a way to write it. */
export function normalized(condition: JsonObject): JsonObject {
  return mapMembers(condition, (name, operand) => {
    if (BRANCHES.includes(name)) {
      const branches = (operand as JsonObject[]).map(normalized);
      return branches.sort((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1));
    }
    if (SEGMENTS.includes(name)) return sorted(textsIn(operand));
    if (!isJsonObject(operand)) return { $eq: operand };
    if (name === "$not") return normalized(operand);
    if (name === "$percent")
      return Object.fromEntries(Object.entries(operand).filter(([of]) => of !== "seed"));
    return mapMembers(operand, (operator, texts) => {
      const isTexts = Array.isArray(texts) && texts.every((text: Json) => typeof text === "string");
      if (TEXTS.includes(operator) && isTexts) return sorted(texts);
      // Null alone stands for nothing in a difference.
      return isJsonObject(texts) && texts[operator] === null ? null : texts;
    });
  });
}

const sorted = (texts: readonly string[]): Json => [...new Set(texts)].sort();

function mapMembers(object: JsonObject, map: (name: string, member: Json) => Json): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([name, member]) => [name, map(name, member)]));
}
