import { ArgsType, Field, ID, InputType, registerEnumType } from "type-graphql";
import { ArchivedFilter } from "../graphql/archivedFilter";
import { PageArguments } from "../graphql/connection";
import { DateTimeScalar } from "../graphql/scalars";

/** What lists can be ordered by. */
export const ListOrderField = { NAME: "NAME", CREATED: "CREATED", CHANGED: "CHANGED" } as const;
export type ListOrderField = keyof typeof ListOrderField;

registerEnumType(ListOrderField, {
  name: "ListOrderField",
  description: "What a list is ordered by.",
  valuesConfig: {
    NAME: { description: "The name, by the code points of its letters." },
    CREATED: { description: "When it was created." },
    CHANGED: { description: "When anything about it changed last." },
  },
});

export const OrderDirection = { ASC: "ASC", DESC: "DESC" } as const;
export type OrderDirection = keyof typeof OrderDirection;

registerEnumType(OrderDirection, {
  name: "OrderDirection",
  description: "Which end of an order comes first.",
  valuesConfig: {
    ASC: { description: "A before Z, and the oldest first." },
    DESC: { description: "Z before A, and the newest first." },
  },
});

@InputType({ description: "How a list is ordered." })
export class ListOrder {
  @Field(() => ListOrderField, { defaultValue: "NAME", description: "By what." })
  by!: ListOrderField;

  @Field(() => OrderDirection, { defaultValue: "ASC", description: "From which end." })
  direction!: OrderDirection;
}

@InputType({
  description: "Which things a list shows: those that all of this fits. What is left out fits all.",
})
export class ListFilter {
  @Field(() => String, {
    nullable: true,
    description:
      "Stands in the name, the description or the note of the latest change, in upper or lower case: at most 200 characters.",
  })
  text?: string | null;

  @Field(() => [String], { nullable: true, description: "Tags that it has, all of them; at most 50." })
  tags?: readonly string[] | null;

  @Field(() => [String], { nullable: true, description: "Its owner is one of these; at most 50." })
  owners?: readonly string[] | null;

  @Field(() => [ID], {
    nullable: true,
    description: "The ids of actors, of whom one created it or changed it last; at most 50.",
  })
  authors?: readonly string[] | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "It should be gone by this instant or earlier; now shows what is overdue.",
  })
  removeBy?: string | null;
}

@ArgsType()
export abstract class ListArguments extends PageArguments {
  @Field(() => ArchivedFilter, { defaultValue: "EXCLUDE", description: "Whether archived ones are shown." })
  archived!: ArchivedFilter;

  @Field(() => ListOrder, { nullable: true, description: "By name, if left out." })
  orderBy?: ListOrder | null;
}

@InputType({
  description: "Which things a list shows: those that all of this fits. What is left out fits all.",
})
export class UsableFilter extends ListFilter {
  @Field(() => Boolean, {
    nullable: true,
    description: "Whether anything uses it, and so keeps it from being archived; false shows what can go.",
  })
  isUsed?: boolean | null;
}

@ArgsType()
export class ThingListArguments extends ListArguments {
  @Field(() => UsableFilter, { nullable: true, description: "Which ones; all if left out." })
  filter?: UsableFilter | null;
}
