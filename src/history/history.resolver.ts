import { Arg, Args, Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import { findHistory, type HistoryFilter } from "./appHistory";
import { historyPages } from "./entityHistory";
import { HistoryFilterInput } from "./history.graphql";
import { kindsWithheldFrom } from "../access/withheld";
import { App, appId, AppSettingsType, Environment } from "../apps/app.graphql";
import { changeEvent } from "../changes/changeItem";
import { ChangeEventType } from "../changes/changes.graphql";
import type { ChangeRow } from "../changes/changes.projection";
import { checkedLists, toEvent } from "../changes/changesRequest.graphql";
import { Config } from "../configs/config.graphql";
import { Experiment } from "../experiments/experiment.graphql";
import { Flag } from "../flags/flag.graphql";
import { connectionOf, connectionType, PageArguments, pageRequest } from "../graphql/connection";
import type { Connection, Page } from "../graphql/connection";
import type { Context } from "../graphql/context";
import { load } from "../graphql/load";
import { Goal } from "../goals/goal.graphql";
import { Key } from "../keys/key.graphql";
import { invariant } from "../lib/invariant";
import { historyPageName } from "../releases/historyPage";
import { Segment } from "../segments/segment.graphql";

const ChangeEventConnection = connectionType(ChangeEventType, "ChangeEvent");
const DESCRIPTION =
  "Everything that ever happened to it, the newest first: who, when, and what is different. Never shortened.";

/** What history adds to the things that people change. */
@Resolver(() => Key)
export class KeyHistoryResolver {
  @FieldResolver(() => ChangeEventConnection, { description: DESCRIPTION })
  history(@Root() { id }: Key, @Args(() => PageArguments) page: PageArguments, @Ctx() context: Context) {
    return historyOf(context, id, page);
  }
}

@Resolver(() => Segment)
export class SegmentHistoryResolver {
  @FieldResolver(() => ChangeEventConnection, { description: DESCRIPTION })
  history(@Root() { id }: Segment, @Args(() => PageArguments) page: PageArguments, @Ctx() context: Context) {
    return historyOf(context, id, page);
  }
}

@Resolver(() => Goal)
export class GoalHistoryResolver {
  @FieldResolver(() => ChangeEventConnection, { description: DESCRIPTION })
  history(@Root() { id }: Goal, @Args(() => PageArguments) page: PageArguments, @Ctx() context: Context) {
    return historyOf(context, id, page);
  }
}

@Resolver(() => Config)
export class ConfigHistoryResolver {
  @FieldResolver(() => ChangeEventConnection, { description: DESCRIPTION })
  history(@Root() { id }: Config, @Args(() => PageArguments) page: PageArguments, @Ctx() context: Context) {
    return historyOf(context, id, page);
  }
}

@Resolver(() => Flag)
export class FlagHistoryResolver {
  @FieldResolver(() => ChangeEventConnection, { description: DESCRIPTION })
  history(@Root() { id }: Flag, @Args(() => PageArguments) page: PageArguments, @Ctx() context: Context) {
    return historyOf(context, id, page);
  }
}

@Resolver(() => Experiment)
export class ExperimentHistoryResolver {
  @FieldResolver(() => ChangeEventConnection, { description: DESCRIPTION })
  history(
    @Root() { id }: Experiment,
    @Args(() => PageArguments) page: PageArguments,
    @Ctx() context: Context,
  ) {
    return historyOf(context, id, page);
  }
}

@Resolver(() => Environment)
export class EnvironmentHistoryResolver {
  @FieldResolver(() => ChangeEventConnection, {
    description: "Everything that happened to the environment itself, the newest first.",
  })
  history(
    @Root() { id }: Environment,
    @Args(() => PageArguments) page: PageArguments,
    @Ctx() context: Context,
  ) {
    return historyOf(context, id, page);
  }
}

@Resolver(() => App)
export class AppHistoryResolver {
  @FieldResolver(() => ChangeEventConnection, {
    description:
      "Everything that ever happened in the app, the newest first. What happened to the app itself has the kind App.",
  })
  async history(
    @Root() { slug }: App,
    @Args(() => PageArguments) page: PageArguments,
    @Arg("filter", () => HistoryFilterInput, {
      nullable: true,
      description: "Which changes to show; all if left out.",
    })
    filter: HistoryFilterInput | null | undefined,
    @Ctx() { server, actor }: Context,
  ): Promise<Connection<ChangeEventType>> {
    const request = pageRequest(page, ["integer"]);
    const wanted = { ...filterIn(filter ?? {}), kindsWithheld: kindsWithheldFrom(actor, slug) };
    return connected(await findHistory(server.database, slug, wanted, request));
  }
}

@Resolver(() => AppSettingsType)
export class AppSettingsHistoryResolver {
  @FieldResolver(() => ChangeEventConnection, {
    description: "Every change of the app's settings, the newest first.",
  })
  async history(
    @Root() { app }: AppSettingsType,
    @Args(() => PageArguments) page: PageArguments,
    @Ctx() { server }: Context,
  ): Promise<Connection<ChangeEventType>> {
    const filter = { ...filterIn({}), entities: [appId(app)], types: ["AppSettingsUpdated"] };
    return connected(await findHistory(server.database, app, filter, pageRequest(page, ["integer"])));
  }
}

async function historyOf(
  context: Context,
  id: string,
  page: PageArguments,
): Promise<Connection<ChangeEventType>> {
  const found = await load(context, historyPages, historyPageName(id, pageRequest(page, ["integer"])));
  invariant(found, "every page that is asked for is answered");
  return connected(found);
}

function connected(page: Page<ChangeRow>): Connection<ChangeEventType> {
  return connectionOf(
    page,
    (row) => toEvent(changeEvent(row)),
    ({ revision }) => [revision],
  );
}

/** @throws BAD_USER_INPUT for a list that is too long. */
function filterIn({ since, until, ...input }: HistoryFilterInput): HistoryFilter {
  const { entities, kinds, types, actors } = checkedLists(input);
  return {
    entities: entities ?? null,
    kinds: kinds ?? null,
    types: types ?? null,
    actors: actors ?? null,
    since: since ?? null,
    until: until ?? null,
    kindsWithheld: [],
  };
}
