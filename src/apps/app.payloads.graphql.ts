import { Field, ObjectType } from "type-graphql";
import { App, Environment } from "./app.graphql";
import { UserError } from "../graphql/userError";

@ObjectType()
abstract class Payload {
  @Field(() => [UserError], { description: "Every reason why nothing was changed; empty on success." })
  errors!: readonly UserError[];
}

@ObjectType()
abstract class AppPayload extends Payload {
  @Field(() => App, { nullable: true, description: "The app as it is now; null if there are errors." })
  app!: App | null;
}

@ObjectType()
abstract class EnvironmentPayload extends Payload {
  @Field(() => Environment, {
    nullable: true,
    description: "The environment as it is now; null if there are errors.",
  })
  environment!: Environment | null;
}

@ObjectType({ description: "What came of creating an app." })
export class CreateAppPayload extends AppPayload {}

@ObjectType({ description: "What came of editing an app." })
export class EditAppPayload extends AppPayload {}

@ObjectType({ description: "What came of changing an app's settings." })
export class UpdateAppSettingsPayload extends AppPayload {}

@ObjectType({ description: "What came of saying who the test users are." })
export class SetTestUsersPayload extends AppPayload {}

@ObjectType({ description: "What came of archiving an app." })
export class ArchiveAppPayload extends AppPayload {}

@ObjectType({ description: "What came of restoring an app." })
export class RestoreAppPayload extends AppPayload {}

@ObjectType({ description: "What came of creating an environment." })
export class CreateEnvironmentPayload extends EnvironmentPayload {}

@ObjectType({ description: "What came of editing an environment." })
export class EditEnvironmentPayload extends EnvironmentPayload {}

@ObjectType({ description: "What came of archiving an environment." })
export class ArchiveEnvironmentPayload extends EnvironmentPayload {}

@ObjectType({ description: "What came of restoring an environment." })
export class RestoreEnvironmentPayload extends EnvironmentPayload {}
