import { ArgsType, Field } from "type-graphql";
import type { Search } from "./search.queries";
import { ArchivedFilter, isArchivedIn } from "../graphql/archivedFilter";
import { badArgument, PageArguments } from "../graphql/connection";
import { checkText } from "../lib/text";

export const SEARCH_LENGTH_MAX = 200;
export const SEARCHED_KINDS_MAX = 50;

@ArgsType()
export class SearchArguments extends PageArguments {
  @Field(() => String, {
    description:
      "Words that must all stand there, whole or as parts, in upper or lower case: 1 to 200 characters, each of which means itself.",
  })
  query!: string;

  @Field(() => [String], {
    nullable: true,
    description: "Type names, as Key or Segment; all if left out. At most 50.",
  })
  kinds?: readonly string[] | null;

  @Field(() => ArchivedFilter, { defaultValue: "EXCLUDE", description: "Whether archived ones are shown." })
  archived!: ArchivedFilter;
}

/** @throws BAD_USER_INPUT for a text without words or out of bounds. */
export function searchIn({ query, kinds, archived }: SearchArguments): Search {
  const bounds = { lengthMin: 1, lengthMax: SEARCH_LENGTH_MAX };
  const fault = checkText("The query", query, bounds) ?? (query.trim() === "" ? NO_WORD : null);
  if (fault !== null) throw badArgument(fault, "query");
  if (kinds && kinds.length > SEARCHED_KINDS_MAX) {
    throw badArgument(`"kinds" lists at most ${SEARCHED_KINDS_MAX}.`, "kinds");
  }
  return { text: query, kinds: kinds ?? null, isArchivedIn: isArchivedIn(archived) };
}

const NO_WORD = "The query must have a word in it.";
