import { Arg, Args, Ctx, Mutation, Query, Resolver } from "type-graphql";
import { appStream } from "./app.events";
import {
  CompareEnvironmentsArguments,
  EnvironmentDifference,
  PromoteInput,
  PromotePayload,
  type Promotion,
} from "./comparison.graphql";
import { compareActive, type ComparedRow } from "./comparison.queries";
import { CONFIG_CONTENT_DIFF } from "../configs/configDiff";
import { FLAG_CONTENT_DIFF } from "../flags/flagDiff";
import { connectionOf, connectionType, pageRequest, type Connection } from "../graphql/connection";
import type { Context } from "../graphql/context";
import { execute } from "../graphql/execute";
import type { NamedNode } from "../graphql/node.graphql";
import { nodeOf } from "../graphql/nodeOf";
import { noSuchApp, noSuchEnvironment } from "../graphql/notThere";
import { diff } from "../lib/diff";
import type { Difference, MembersRule } from "../lib/diffRule";
import { invariant } from "../lib/invariant";
import { loadContent } from "../releases/release.loaders";
import { findReleases } from "../releases/release.queries";
import type { ReleaseRow } from "../releases/release.tables";

const EnvironmentDifferenceConnection = connectionType(EnvironmentDifference, "EnvironmentDifference");

/** How the contents of each kind of release are compared. */
const CONTENT_DIFFS: Readonly<Record<string, MembersRule>> = {
  Config: CONFIG_CONTENT_DIFF,
  Flag: FLAG_CONTENT_DIFF,
};

@Resolver()
export class ComparisonResolver {
  @Query(() => EnvironmentDifferenceConnection, {
    description:
      "The configs and flags of which two environments have different versions active, by kind and name.",
  })
  async compareEnvironments(
    @Args(() => CompareEnvironmentsArguments) asked: CompareEnvironmentsArguments,
    @Ctx() context: Context,
  ): Promise<Connection<EnvironmentDifference>> {
    const request = pageRequest(asked, ["text", "text", "text"]);
    await checkEnvironments(context, asked);
    const { rows, ...page } = await compareActive(context.server.database, asked, request);
    const differences = await Promise.all(rows.map((row) => differenceOf(context, row)));
    const shown = { ...page, rows: rows.map((row, index) => ({ row, difference: differences[index] })) };
    return connectionOf(
      shown,
      ({ difference }) => difference as EnvironmentDifference,
      ({ row }) => [row.kind, row.name, row.id],
    );
  }

  @Mutation(() => PromotePayload, {
    description:
      "Makes active in one environment what is active in another: all that is named, or nothing. With `validateOnly` it says what would change.",
  })
  async promote(
    @Arg("input", () => PromoteInput, { description: "What to promote, from where to where." })
    input: PromoteInput,
    @Ctx() context: Context,
  ): Promise<PromotePayload> {
    const { app, from, to } = input;
    const [configIds, flagIds] = [input.configIds ?? [], input.flagIds ?? []];
    const ids = [...configIds, ...flagIds];
    // Before it happens, so that it is known what it changes.
    const rows = await findReleases(context.server.database, ids);
    const before = rows.sort((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
    const command = {
      type: "Promote",
      data: { from, to, configIds, flagIds, note: input.note ?? undefined },
    } as const;
    const executed = await execute(context, app, command, input);
    const { isDone, errors, warnings } = executed;
    if (!isDone) return { promoted: null, errors, warnings };
    const promoted = await Promise.all(before.map((row) => promotionOf(context, row, input)));
    return { promoted, errors, warnings };
  }
}

async function promotionOf(
  context: Context,
  row: ReleaseRow,
  { from, to }: PromoteInput,
): Promise<Promotion> {
  const [version, previousVersion] = [activeIn(row, from), activeIn(row, to)];
  invariant(version !== null, `"${row.id}" was promoted, so it is active in "${from}"`);
  const changes = await changesBetween(context, row, previousVersion, version);
  return { release: await releaseNode(context, row), previousVersion, version, changes };
}

async function differenceOf(context: Context, row: ComparedRow): Promise<EnvironmentDifference> {
  const [release, changes] = await Promise.all([
    releaseNode(context, row),
    changesBetween(context, row, row.to_version, row.from_version),
  ]);
  return { release, fromVersion: row.from_version, toVersion: row.to_version, changes };
}

function activeIn({ active }: ReleaseRow, environment: string): number | null {
  return Object.hasOwn(active, environment) ? (active[environment]?.version ?? null) : null;
}

async function changesBetween(
  context: Context,
  row: ReleaseRow,
  before: number | null,
  after: number | null,
): Promise<readonly Difference[]> {
  const rule = CONTENT_DIFFS[row.kind];
  invariant(rule, `it is known how a ${row.kind} is compared`);
  const contentOf = (version: number | null) =>
    version === null ? null : loadContent(context, { releaseId: row.id, version });
  const [old, now] = await Promise.all([contentOf(before), contentOf(after)]);
  return diff(old, now, rule);
}

async function releaseNode(context: Context, { kind, id }: ReleaseRow): Promise<NamedNode> {
  const node = await nodeOf<NamedNode>(context, kind, id);
  invariant(node, `"${id}" is a ${kind}`);
  return node;
}

/** @throws NOT_FOUND for an app or an environment that there is not. */
async function checkEnvironments(
  { server }: Context,
  { app, from, to }: CompareEnvironmentsArguments,
): Promise<void> {
  const { state } = await server.apps.state(appStream(app));
  if (state.slug === null) throw noSuchApp(app, "app");
  for (const [argument, name] of Object.entries({ from, to })) {
    if (!state.environments.has(name)) throw noSuchEnvironment(app, name, argument);
  }
}
