import type { FlagFilter } from "./flagList.graphql";
import { PRODUCTION } from "../apps/app.events";
import type { Further } from "../listing/listing.queries";

/** How flags have to stand in the environment, beside what is said of all releases. */
export function howFlagsAre(filter: FlagFilter | null | undefined): Further {
  const { environment = PRODUCTION, isEnabled = null, settledSince = null } = filter ?? {};
  return { condition: isEnabledAndSettled, parameters: [environment, isEnabled, settledSince] };
}

function isEnabledAndSettled(first: number): string {
  const [environment, isEnabled, since] = [
    `$${first}::text`,
    `$${first + 1}::boolean`,
    `$${first + 2}::timestamptz`,
  ];
  const disabledBy = (condition: string) =>
    `exists (select from models.flag_switches as switches where switches.flag_id = things.id
                and ${condition})`;
  const disabled = `(switches.disabled_in -> ${environment})`;
  return `(${isEnabled} is null or ${isEnabled} <> ${disabledBy(`${disabled} is not null`)})
          and (${since} is null
            or ${disabledBy(`(${disabled} ->> 'disabledAt')::timestamptz <= ${since}`)}
            or not ${disabledBy(`${disabled} is not null`)} and exists (
                       select from models.release_versions as versions
                        where versions.release_id = things.id
                          and versions.version = (things.active -> ${environment} ->> 'version')::int
                          and (things.active -> ${environment} ->> 'publishedAt')::timestamptz <= ${since}
                          and ${GIVES_ONE_VALUE}))`;
}

/** There are no rules, or one takes everybody and those before it give the same as it does. */
const GIVES_ONE_VALUE = `(json_array_length(versions.content -> 'rules') = 0
                            or exists (
                              select from json_array_elements(versions.content -> 'rules') with ordinality as last (rule, place)
                               where last.rule ->> 'segmentId' is null
                                 and (last.rule ->> 'percentage')::numeric = 100
                                 and not exists (
                                   select from json_array_elements(versions.content -> 'rules') with ordinality as earlier (rule, place)
                                    where earlier.place < last.place
                                      and earlier.rule ->> 'value' <> last.rule ->> 'value')))`;
