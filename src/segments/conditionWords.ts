import { segmentsById } from "./segment.nodes";
import { segmentsIn } from "../evaluation/condition";
import { describeCondition } from "../evaluation/describeCondition";
import type { Context } from "../graphql/context";
import { load } from "../graphql/load";
import type { JsonObject } from "../lib/json";

/** A condition as a sentence for people, in which segments are called by their names of now. */
export async function conditionInWords(context: Context, condition: JsonObject): Promise<string> {
  const names = new Map<string, string>();
  await Promise.all(
    segmentsIn(condition).map(async (id) => {
      const segment = await load(context, segmentsById, id);
      if (segment) names.set(id, segment.name);
    }),
  );
  return describeCondition(condition, (id) => names.get(id));
}
