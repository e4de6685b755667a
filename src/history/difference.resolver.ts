import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import { Difference } from "./difference.graphql";
import { diffDocuments } from "./documentDiff";
import { ChangeEventType } from "../changes/changes.graphql";
import { isConditionDifference } from "../evaluation/diffCondition";
import type { Context } from "../graphql/context";
import { isJsonObject, type Json, type JsonObject } from "../lib/json";
import { conditionInWords } from "../segments/conditionWords";

/** What history adds to every change, in histories as in the feed. */
@Resolver(() => ChangeEventType)
export class ChangeDifferencesResolver {
  @FieldResolver(() => [Difference], {
    description:
      "What is different between `before` and `after`, by names and ids: every member, where one of them is null.",
  })
  changes(@Root() { entityKind, before, after }: ChangeEventType): readonly Difference[] {
    return diffDocuments(entityKind, asDocument(before), asDocument(after));
  }
}

@Resolver(() => Difference)
export class DifferenceResolver {
  @FieldResolver(() => String, {
    nullable: true,
    description: "Within a condition: what stood there before, as a sentence for people; else null.",
  })
  beforeInWords(@Root() difference: Difference, @Ctx() context: Context): Promise<string> | null {
    return inWords(context, isConditionDifference(difference) ? difference.conditions.before : null);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: "Within a condition: what stands there after, as a sentence for people; else null.",
  })
  afterInWords(@Root() difference: Difference, @Ctx() context: Context): Promise<string> | null {
    return inWords(context, isConditionDifference(difference) ? difference.conditions.after : null);
  }
}

function inWords(context: Context, condition: JsonObject | null): Promise<string> | null {
  return condition && conditionInWords(context, condition);
}

function asDocument(document: Json): JsonObject | null {
  return isJsonObject(document) ? document : null;
}
