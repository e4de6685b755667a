import { Arg, Ctx, Query, Resolver } from "type-graphql";
import { changedSource, type VersionChange } from "./changedSource";
import type { Compared, Example } from "./compareRulesets";
import { WhatIf, WhatIfChangeInput } from "./whatIf.graphql";
import { appStream, PRODUCTION } from "../apps/app.events";
import type { ExplanationType } from "../delivery/delivery.graphql";
import { rulesetOf } from "../delivery/rulesetOf.graphql";
import { badInput } from "../delivery/userInput.graphql";
import type { Explanation } from "../evaluation/model";
import type { Context } from "../graphql/context";
import { createTurns } from "../lib/turns";

/** How many users are looked at. */
export const WHAT_IF_USERS = 100_000;
export const CHANGES_MAX = 20;

/** Each takes a second of a processor. */
const turns = createTurns({
  atOnceMax: 1,
  waitingMax: 20,
  tooMany: () => badInput("Too many ask what would be; ask again in a while.", []),
});

@Resolver()
export class WhatIfResolver {
  @Query(() => WhatIf, {
    description: `What the users who are known would get if versions were published, before they are: up to ${WHAT_IF_USERS} of them.`,
  })
  async whatIf(
    @Arg("app", () => String, { description: "The app's slug." }) app: string,
    @Arg("environment", () => String, { defaultValue: PRODUCTION, description: "The environment's name." })
    environment: string,
    @Arg("changes", () => [WhatIfChangeInput], { description: `1 to ${CHANGES_MAX} versions.` })
    changes: readonly WhatIfChangeInput[],
    @Ctx() { server }: Context,
  ): Promise<WhatIf> {
    const asked = checkedChanges(changes);
    const { ruleset, nowMs } = await rulesetOf(server, { app, environment });
    const stream = appStream(app);
    const { state } = await server.apps.state(stream);
    const before = ruleset.source;
    const changed = await changedSource(before, state, asked, (revision) =>
      server.apps.content(stream, revision),
    );
    if ("message" in changed) {
      const { index, field, message } = changed;
      throw badInput(message, ["changes", String(index), field]);
    }
    const request = { before, ...changed, nowMs, usersMax: WHAT_IF_USERS };
    const compared = await turns(() =>
      server.scanner.run("compareRulesets", request, () => Promise.resolve()),
    );
    return toWhatIf(compared, before.revision);
  }
}

function checkedChanges(changes: readonly WhatIfChangeInput[]): readonly VersionChange[] {
  if (changes.length < 1 || changes.length > CHANGES_MAX) {
    throw badInput(`Ask for 1 to ${CHANGES_MAX} changes; these are ${changes.length}.`, ["changes"]);
  }
  const asked = changes.map(({ configId = null, flagId = null, version }, index): VersionChange => {
    const path = ["changes", String(index)];
    if (configId !== null && flagId === null) return { kind: "Config", id: configId, version };
    if (flagId !== null && configId === null) return { kind: "Flag", id: flagId, version };
    throw badInput("A change is of a config or of a flag: give one of configId and flagId.", path);
  });
  const again = asked.findIndex(({ id }, index) => asked.findIndex((each) => each.id === id) < index);
  if (again >= 0) throw badInput("Only one version can be published at a time.", ["changes", String(again)]);
  return asked;
}

function toWhatIf(
  { users, usersChanged, isAll, transitions, otherChanges, examples }: Compared,
  revision: number,
) {
  const shown = ({ answer: { key, value, reason, errorCode }, steps }: Explanation): ExplanationType => {
    return { key, value, reason, errorCode, steps, revision, hasStoredUser: true };
  };
  const sample = examples.map(({ userId, before, after }: Example) => {
    return { user: { id: userId }, before: shown(before), after: shown(after) };
  });
  return { users, usersChanged, isExact: isAll, transitions, otherChanges, sample };
}
