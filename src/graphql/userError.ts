import "reflect-metadata";
import { Field, Int, InterfaceType, ObjectType, registerEnumType } from "type-graphql";
import { NamedNode } from "./node.graphql";
import { RefusalCode } from "../lib/refusal";

registerEnumType(RefusalCode, {
  name: "UserErrorCode",
  description: "The kind of reason, for programs. The list may grow.",
  valuesConfig: {
    INVALID: { description: "Form, length, type or range of the input is wrong." },
    TAKEN: { description: "The name or slug belongs to something else already." },
    NOT_FOUND: { description: "The input names something that does not exist." },
    IN_USE: { description: "Others use the thing; `usedBy` lists them." },
    LIMIT_REACHED: { description: "One more would exceed a documented limit." },
    ARCHIVED: { description: "The thing is archived; restore it first." },
    VERSION_CONFLICT: { description: "Somebody saved a newer version than `expectedVersion`." },
    WRONG_STATE: { description: "The thing is not in a state in which this can be done." },
    CYCLE: { description: "A segment would contain itself." },
    OVERLAP: { description: "The scheduled window overlaps another one." },
    COMMAND_ID_REUSED: { description: "The `commandId` was used for something else before." },
    FORBIDDEN: { description: "The actor's role does not allow this." },
    LEASE_LOST: { description: "The consumer's lease is another instance's now; subscribe again." },
    CURSOR_BEHIND: { description: "The consumer has acknowledged more than that already." },
  },
});

@InterfaceType({
  description:
    "A reason that a mutation changed nothing, which its caller can mend. Check for these after every mutation.",
  resolveType: ({ code }: UserError) =>
    code === "IN_USE" ? "InUseError" : code === "VERSION_CONFLICT" ? "VersionConflictError" : "InputError",
})
export abstract class UserError {
  @Field(() => RefusalCode, { description: "The kind of reason, for programs." })
  code!: RefusalCode;

  @Field(() => String, { description: "What is wrong and what to do about it, for people." })
  message!: string;

  @Field(() => [String], {
    description: "The path to the input field at fault; empty if it is no single one.",
  })
  path!: readonly string[];
}

@ObjectType({ implements: UserError, description: "The input cannot be accepted." })
export class InputError extends UserError {}

@ObjectType({ implements: UserError, description: "The thing cannot be changed so while others use it." })
export class InUseError extends UserError {
  @Field(() => [NamedNode], { description: "Everything that uses it." })
  usedBy!: readonly NamedNode[];
}

@ObjectType({ implements: UserError, description: "Somebody else saved a newer version meanwhile." })
export class VersionConflictError extends UserError {
  @Field(() => Int, { description: "The version that the input expected to be the latest." })
  expectedVersion!: number;

  @Field(() => Int, { description: "The version that is the latest." })
  actualVersion!: number;
}
