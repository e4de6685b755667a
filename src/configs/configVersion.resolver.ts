import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import { ConfigRule, ConfigVersion, type Config } from "./config.graphql";
import { keysById, segmentsById, versionName, versionsByName } from "./config.loaders";
import type { ConfigRow, ConfigVersionRow } from "./config.tables";
import { Environment, environmentOf } from "../apps/app.graphql";
import type { Context } from "../graphql/context";
import { load } from "../graphql/load";
import { makeId } from "../lib/ids";
import { invariant } from "../lib/invariant";
import { Key } from "../keys/key.graphql";
import { Segment } from "../segments/segment.graphql";

@Resolver(() => ConfigVersion)
export class ConfigVersionResolver {
  @FieldResolver(() => [Key], { description: "The keys that its rules may set; at most 100." })
  keys(@Root() { app, keyNames }: ConfigVersion, @Ctx() context: Context): Promise<readonly Key[]> {
    return loadKeys(context, app, keyNames);
  }

  @FieldResolver(() => [Environment], { description: "Where users get values from it now." })
  activeIn(@Root() { app, environmentNames }: ConfigVersion): readonly Environment[] {
    return environmentNames.map((name) => environmentOf(app, name));
  }
}

@Resolver(() => ConfigRule)
export class ConfigRuleResolver {
  @FieldResolver(() => Segment, { nullable: true, description: "Whom the rule is for; null: everyone." })
  async segment(@Root() { segmentId }: ConfigRule, @Ctx() context: Context): Promise<Segment | null> {
    if (segmentId === null) return null;
    const segment = await load(context, segmentsById, segmentId);
    invariant(segment, `a rule names segment "${segmentId}", so there is one`);
    // What the type named Segment finds.
    return segment as Segment;
  }
}

export async function loadKeys(
  context: Context,
  app: string,
  names: readonly string[],
): Promise<readonly Key[]> {
  const found = await Promise.all(
    names.map(async (name) => {
      const key = await load(context, keysById, makeId("key", app, name));
      invariant(key, `a version names key "${name}", so there is one`);
      return key;
    }),
  );
  // What the type named Key finds.
  return found as unknown as readonly Key[];
}

export type LoadedVersion = ConfigVersion & Pick<ConfigVersionRow, "content">;

/** Null if there is no such version, whatever number is asked for. */
export async function loadVersion(
  context: Context,
  { id, row }: Config,
  version: number,
): Promise<LoadedVersion | null> {
  if (version < 1 || version > row.latest_version) return null;
  const found = await load(context, versionsByName, versionName(id, version));
  return found ? toVersion(found, row) : null;
}

/** A version as the API shows it; the config's row says where it is active. */
export function toVersion(row: ConfigVersionRow, { active }: ConfigRow): LoadedVersion {
  const environmentNames = Object.entries(active)
    .filter(([, { version }]) => version === row.version)
    .map(([name]) => name);
  return {
    app: row.app,
    keyNames: row.content.keys,
    environmentNames,
    content: row.content,
    number: row.version,
    name: row.name,
    description: row.description,
    note: row.note,
    author: { id: row.created_by },
    createdAt: row.created_at,
    rules: row.content.rules,
  };
}
