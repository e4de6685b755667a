import { Field, InputType } from "type-graphql";
import { KeyTypes } from "./key.graphql";
import type { KeyType } from "./key.events";
import { NotedInput, ValidatableInput } from "../graphql/command.graphql";
import { JsonScalar } from "../graphql/scalars";
import type { Json } from "../lib/json";

const APP = "The app's slug.";
const NAME = "The key's name.";

@InputType({ description: "A new key." })
export class CreateKeyInput extends NotedInput {
  @Field(() => String, { description: APP })
  app!: string;

  @Field(() => String, {
    description:
      'What the app\'s code will ask for: 1 to 120 of a–z, A–Z, 0–9, "_", "." and "-", starting with a letter or "_". Never changes, and is never free again.',
  })
  name!: string;

  @Field(() => KeyTypes, { description: "What values it takes. Never changes." })
  type!: KeyType;

  @Field(() => JsonScalar, { description: "What users get whom nothing published gives another value." })
  defaultValue!: Json;

  @Field(() => String, {
    nullable: true,
    description: "What it is for, for people: at most 1,000 characters.",
  })
  description?: string | null;

  @Field(() => JsonScalar, {
    nullable: true,
    description: "A JSON Schema (2020-12) that every value given to the key has to fit.",
  })
  valueSchema?: Json;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether tokens of kind CLIENT see it; absent: true.",
  })
  isVisibleToClients?: boolean | null;
}

@InputType({ description: "Changes of a key; what is left out stays as it is." })
export class EditKeyInput extends ValidatableInput {
  @Field(() => String, { description: APP })
  app!: string;

  @Field(() => String, { description: NAME })
  name!: string;

  @Field(() => JsonScalar, {
    nullable: true,
    description:
      "Takes effect at once, in all environments; takes the right to publish in each of them once something published or scheduled in any uses the key.",
  })
  defaultValue?: Json;

  @Field(() => String, {
    nullable: true,
    description: "What it is for, for people: at most 1,000 characters.",
  })
  description?: string | null;

  @Field(() => JsonScalar, {
    nullable: true,
    description:
      "A JSON Schema (2020-12) that every value in use has to fit; null takes the present one away.",
  })
  valueSchema?: Json;

  @Field(() => Boolean, { nullable: true, description: "Whether tokens of kind CLIENT see it." })
  isVisibleToClients?: boolean | null;
}

@InputType({ description: "The key to put away." })
export class ArchiveKeyInput extends ValidatableInput {
  @Field(() => String, { description: APP })
  app!: string;

  @Field(() => String, { description: NAME })
  name!: string;
}

@InputType({ description: "The archived key to take back into use." })
export class RestoreKeyInput extends NotedInput {
  @Field(() => String, { description: APP })
  app!: string;

  @Field(() => String, { description: NAME })
  name!: string;
}
