import { RETENTION_DAYS_MAX, RETENTION_DAYS_MIN } from "./settings.policy";
import { Int, Field, ID, InputType } from "type-graphql";
import { TEST_USERS_MAX } from "./testUsers.policy";
import { NotedInput, ValidatableInput } from "../graphql/command.graphql";

const APP = "The app's slug.";

@InputType({ description: "A new app." })
export class CreateAppInput extends NotedInput {
  @Field(() => String, {
    description:
      "What everything else names the app by: 2 to 40 of a–z, 0–9 and single dashes, starting with a letter. Never changes.",
  })
  slug!: string;

  @Field(() => String, { description: "What people call it: 1 to 120 characters." })
  name!: string;
}

@InputType({ description: "Changes of an app; what is left out stays as it is." })
export class EditAppInput extends NotedInput {
  @Field(() => String, { description: APP })
  app!: string;

  @Field(() => String, { nullable: true, description: "What people call it: 1 to 120 characters." })
  name?: string | null;
}

@InputType({ description: "New settings of an app; what is left out stays as it is." })
export class UpdateAppSettingsInput extends NotedInput {
  @Field(() => String, { description: APP })
  app!: string;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether experiments that are created from now on share no users with others.",
  })
  mutuallyExclusiveExperiments?: boolean | null;

  @Field(() => String, {
    nullable: true,
    description: 'Whose days statistics are told by: the IANA name of a time zone, as "Europe/Berlin".',
  })
  timeZone?: string | null;

  @Field(() => Int, {
    nullable: true,
    description: `For how many days at least it is kept what users did: ${RETENTION_DAYS_MIN} to ${RETENTION_DAYS_MAX}. What is older is deleted for good.`,
  })
  retentionDays?: number | null;
}

@InputType({ description: "Who gets previews from now on." })
export class SetTestUsersInput extends NotedInput {
  @Field(() => String, { description: APP })
  app!: string;

  @Field(() => [ID], {
    description: `All test users, by the app's own ids of them: at most ${TEST_USERS_MAX}; none: nobody gets previews.`,
  })
  userIds!: string[];
}

@InputType({
  description: "The app to put away. Nothing may be published, previewed or scheduled in it any more.",
})
export class ArchiveAppInput extends ValidatableInput {
  @Field(() => String, { description: APP })
  app!: string;
}

@InputType({ description: "The archived app to take back." })
export class RestoreAppInput extends NotedInput {
  @Field(() => String, { description: APP })
  app!: string;
}
