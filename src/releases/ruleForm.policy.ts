import type { Rule } from "./rule.events";
import { isPercentage } from "../evaluation/bucketing";
import type { Refusal } from "../lib/refusal";
import { checkText, utf8Length } from "../lib/text";

/** Of one version. */
export const RULES_MAX = 100;
/** Of a property's name that a rule buckets by. */
export const BUCKET_BY_LENGTH_MAX = 200;
/** Of one version's content as JSON in UTF-8. */
export const CONTENT_BYTES_MAX = 512 * 1024;

/** To be asked first: a list that is too long is not looked at rule by rule. */
export function ruleCountRefusals(noun: string, rules: readonly unknown[]): readonly Refusal[] {
  if (rules.length <= RULES_MAX) return [];
  const message = `A ${noun} has at most ${RULES_MAX} rules; this one has ${rules.length}. Join some by a larger segment.`;
  return [{ code: "LIMIT_REACHED", message, path: ["rules"] }];
}

/** Everything wrong with the form of one rule, without what it gives. */
export function ruleFormRefusals(rule: Rule, path: readonly string[]): readonly Refusal[] {
  return [
    ...(isPercentage(rule.percentage)
      ? []
      : [invalid([...path, "percentage"], "A percentage is from 0 to 100 with at most two decimals.")]),
    ...propertyRefusals(rule.bucketBy, [...path, "bucketBy"]),
    ...propertyRefusals(rule.bucketByFallback, [...path, "bucketByFallback"]),
    ...(rule.bucketByFallback !== null && rule.bucketBy === null
      ? [invalid([...path, "bucketByFallback"], `It stands in for a missing "bucketBy"; name that too.`)]
      : []),
  ];
}

/** Refuses a version that is too large. */
export function contentSizeRefusals(content: unknown): readonly Refusal[] {
  const bytes = utf8Length(JSON.stringify(content));
  if (bytes <= CONTENT_BYTES_MAX) return [];
  const message = `A version has at most ${CONTENT_BYTES_MAX} bytes as JSON; this one has ${bytes}. Shorten values, or leave some out.`;
  return [{ code: "LIMIT_REACHED", message, path: ["rules"] }];
}

function propertyRefusals(name: string | null, path: readonly string[]): readonly Refusal[] {
  if (name === null) return [];
  const bounds = { lengthMin: 1, lengthMax: BUCKET_BY_LENGTH_MAX };
  const message = checkText("A property's name", name, bounds);
  return message === null ? [] : [invalid(path, message)];
}

function invalid(path: readonly string[], message: string): Refusal {
  return { code: "INVALID", message, path };
}
