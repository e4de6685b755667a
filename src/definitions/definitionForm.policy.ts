import Ajv, { type ErrorObject, type ValidateFunction } from "ajv";
import { SECTIONS, type Definition, type Section } from "./definition.policy";
import { HEAD, SECTION_ITEMS_MAX, thingSchemas } from "./definitionSchema.policy";
import { exactInstantOf } from "../evaluation/instant";
import { inWords } from "../keys/compileSchema.policy";
import { isJsonObject, type Json, type JsonObject } from "../lib/json";
import type { Labels } from "../labels/labels.policy";
import { membersOf } from "../lib/pointer";
import type { Refusal } from "../lib/refusal";

/** Faults of form that are told at once: the first of each thing, and of so many things. */
export const FORM_FAULTS_MAX = 50;

export type CheckedForm =
  | Readonly<{ definition: Definition; reasons: readonly [] }>
  | Readonly<{ definition: null; reasons: readonly Refusal[] }>;

/** A definition in the form that it is stored in, or everything wrong with its form. */
export function checkDefinitionForm(input: JsonObject): CheckedForm {
  const reasons = [...headRefusals(input), ...countRefusals(input)];
  // What is too long is not looked at one by one.
  if (reasons.length === 0) reasons.push(...thingRefusals(input));
  if (reasons.length > 0) return { definition: null, reasons };
  // The checks above say exactly what the type says.
  return { definition: withUniformDates(input as unknown as Definition), reasons: [] };
}

const ajv = new Ajv({ strict: true, allowUnionTypes: true, ownProperties: true, verbose: true });

const checkHead: ValidateFunction = ajv.compile({
  type: "object",
  properties: { ...HEAD, ...Object.fromEntries(SECTIONS.map((section) => [section, { type: "array" }])) },
  required: [...Object.keys(HEAD), ...SECTIONS],
  additionalProperties: false,
});

/** What is wrong with a condition its own check says better. */
const things = thingSchemas({ condition: { type: "object" }, elementCondition: { type: "object" } });
const checkThing: Readonly<Record<Section, ValidateFunction>> = {
  environments: ajv.compile(things.environments),
  keys: ajv.compile(things.keys),
  segments: ajv.compile(things.segments),
  goals: ajv.compile(things.goals),
  configs: ajv.compile(things.configs),
  flags: ajv.compile(things.flags),
};

function headRefusals(input: JsonObject): readonly Refusal[] {
  return faultOf(checkHead, input, ["definition"]);
}

function countRefusals(input: JsonObject): readonly Refusal[] {
  return SECTIONS.flatMap((section) => {
    const { length } = listIn(input, section);
    if (length <= SECTION_ITEMS_MAX[section]) return [];
    const message = `An app has at most ${SECTION_ITEMS_MAX[section]} ${section} that are not archived; these are ${length}. Leave some out.`;
    return [{ code: "LIMIT_REACHED", message, path: ["definition", section] }];
  });
}

function thingRefusals(input: JsonObject): readonly Refusal[] {
  const reasons: Refusal[] = [];
  for (const section of SECTIONS) {
    for (const [index, thing] of listIn(input, section).entries()) {
      const path = ["definition", section, String(index)];
      reasons.push(...faultOf(checkThing[section], thing, path), ...dateRefusals(thing, path));
      if (reasons.length >= FORM_FAULTS_MAX) return reasons.slice(0, FORM_FAULTS_MAX);
    }
  }
  return reasons;
}

const listIn = (input: JsonObject, section: Section): readonly Json[] => {
  const list = input[section];
  return Array.isArray(list) ? list : [];
};

function faultOf(check: ValidateFunction, value: Json, path: readonly string[]): readonly Refusal[] {
  if (check(value)) return [];
  const [error] = check.errors ?? [];
  if (!error) return [{ code: "INVALID", message: "This is not what it should be.", path }];
  return [{ code: "INVALID", message: `This ${inWords(error)}.`, path: [...path, ...placeOf(error)] }];
}

/** A member that should not be there, or is not, is told where it is, or would be. */
function placeOf({ instancePath, params }: ErrorObject): readonly string[] {
  const member: unknown = params["additionalProperty"] ?? params["missingProperty"];
  return [...membersOf(instancePath), ...(typeof member === "string" ? [member.slice(0, 200)] : [])];
}

function dateRefusals(thing: Json, path: readonly string[]): readonly Refusal[] {
  const removeBy = isJsonObject(thing) ? thing["removeBy"] : null;
  if (typeof removeBy !== "string" || uniform(removeBy) !== null) return [];
  const message = `A date is ISO 8601 with a time zone, as "2026-01-05T10:00:00Z", in the years 1970 to 9999.`;
  return [{ code: "INVALID", message, path: [...path, "removeBy"] }];
}

function withUniformDates(definition: Definition): Definition {
  const { keys, segments, goals, configs, flags } = definition;
  const dated = <Thing extends Labels>(list: readonly Thing[]): readonly Thing[] =>
    list.map((thing) => ({ ...thing, removeBy: thing.removeBy === null ? null : uniform(thing.removeBy) }));
  return {
    ...definition,
    keys: dated(keys),
    segments: dated(segments),
    goals: dated(goals),
    configs: dated(configs),
    flags: dated(flags),
  };
}

/** The instant in the one form in which dates are stored, or null if it is none. */
function uniform(text: string): string | null {
  const instantMs = exactInstantOf(text);
  if (instantMs === null || instantMs < 0 || instantMs > LAST_MS) return null;
  return new Date(instantMs).toISOString();
}

const LAST_MS = Date.UTC(10_000, 0, 1) - 1;
