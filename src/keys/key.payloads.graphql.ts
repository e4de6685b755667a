import { Field, ObjectType } from "type-graphql";
import { Key } from "./key.graphql";
import { UserError } from "../graphql/userError";

const REFUSED = "Every reason why nothing changed; empty on success.";

@ObjectType({ description: "What came of creating a key." })
export class CreateKeyPayload {
  @Field(() => Key, { nullable: true, description: "The new key; null if it was refused." })
  key!: Key | null;

  @Field(() => [UserError], { description: REFUSED })
  errors!: readonly UserError[];
}

@ObjectType({ description: "What came of editing a key." })
export class EditKeyPayload {
  @Field(() => Key, {
    nullable: true,
    description: "The key as it is now, unchanged after `validateOnly`; null if the edit was refused.",
  })
  key!: Key | null;

  @Field(() => [UserError], { description: REFUSED })
  errors!: readonly UserError[];
}

@ObjectType({ description: "What came of archiving a key." })
export class ArchiveKeyPayload {
  @Field(() => Key, {
    nullable: true,
    description: "The key as it is now, unchanged after `validateOnly`; null if it was refused.",
  })
  key!: Key | null;

  @Field(() => [UserError], { description: REFUSED })
  errors!: readonly UserError[];
}

@ObjectType({ description: "What came of restoring a key." })
export class RestoreKeyPayload {
  @Field(() => Key, { nullable: true, description: "The key as it is now; null if it was refused." })
  key!: Key | null;

  @Field(() => [UserError], { description: REFUSED })
  errors!: readonly UserError[];
}
