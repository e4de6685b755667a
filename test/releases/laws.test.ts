import fc from "fast-check";
import type { AppState } from "../../src/apps/app.state";
import { releasesOf, type KnownRelease } from "../../src/apps/uses.policy";
import type { ConfigContent } from "../../src/configs/config.events";
import { checkConfig } from "../../src/configs/configCheck.policy";
import type { FlagContent } from "../../src/flags/flag.events";
import { checkFlag } from "../../src/flags/flagCheck.policy";
import type { Refusal } from "../../src/lib/refusal";
import { referencesInUse, versionEntry, versionsInUse } from "../../src/releases/release.state";
import { manySteps, play } from "./history";
import { run, state } from "../configs/shop";

/** Everything that is wrong with an app after any history. */
function wrongs(app: AppState): string[] {
  const { keys, segments } = app;
  const wrong: string[] = [];
  const holders = new Map<string, string>();
  const names = new Set<string>();
  for (const { kind, release } of releasesOf(app)) {
    if (release.isArchived) {
      if (release.active.size + release.schedules.size + release.previews.size > 0)
        wrong.push(`${release.id} is archived and at work`);
      continue;
    }
    if (names.has(`${kind} ${release.name}`)) wrong.push(`two ${kind}s are named ${release.name}`);
    names.add(`${kind} ${release.name}`);
    const inUse = referencesInUse(release);
    for (const name of inUse.keys) {
      if (keys.get(name)?.isArchived !== false)
        wrong.push(`${release.id} uses key ${name}, which is put away`);
      if (holders.has(name)) wrong.push(`${name} is in ${release.id} and ${holders.get(name)}`);
      holders.set(name, release.id);
    }
    for (const id of inUse.segments) {
      if (segments.get(id)?.isArchived !== false)
        wrong.push(`${release.id} uses segment ${id}, which is put away`);
    }
    const previewedIn = new Set<string>();
    for (const { environment, version } of release.previews.values()) {
      if (release.active.get(environment) === version) wrong.push(`${release.id} previews what is active`);
      if (previewedIn.has(environment)) wrong.push(`two previews of ${release.id} in ${environment}`);
      previewedIn.add(environment);
    }
    for (const { status, environment, version, hasStarted } of release.schedules.values()) {
      if (status === "RUNNING" && release.active.get(environment) !== version) {
        wrong.push(`a window of ${release.id} runs and another version is active`);
      }
      if (status === "RUNNING" && !hasStarted) wrong.push(`a window of ${release.id} runs before its start`);
    }
  }
  return wrong;
}

function check(
  kind: KnownRelease["kind"],
  content: ConfigContent | FlagContent,
  id: string,
  app: AppState,
): readonly Refusal[] {
  return kind === "Config"
    ? checkConfig(content as ConfigContent, id, app)
    : checkFlag(content as FlagContent, id, app);
}

const runs = { numRuns: 60 };

describe("after any history of commands", () => {
  it("nothing in use is archived, and no key is in two configs or flags", () => {
    fc.assert(
      fc.property(manySteps, (wanted) => {
        expect(wrongs(state(play(wanted).events))).toEqual([]);
      }),
      runs,
    );
  });

  it("every version in use could be published at once", () => {
    fc.assert(
      fc.property(manySteps, (wanted) => {
        const { events } = play(wanted);
        const app = state(events);
        for (const { kind, release } of releasesOf(app)) {
          for (const version of versionsInUse(release)) {
            const saved = events[versionEntry(release, version).revision]?.data;
            const { content } = saved as { content: ConfigContent | FlagContent };
            expect(check(kind, content, release.id, app)).toEqual([]);
          }
        }
      }),
      runs,
    );
  });

  it("a command repeated appends nothing, also under another command id", () => {
    fc.assert(
      fc.property(manySteps, (wanted) => {
        for (const { command, at, commandId, before } of play(wanted).commands) {
          const after = run(before, command, { at, commandId });
          expect(run(after, command, { at, commandId: `${commandId}again` })).toEqual(after);
        }
      }),
      runs,
    );
  });

  it("commands of all kinds were accepted, so that these laws say something", () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(manySteps, (wanted) => {
        for (const { type } of play(wanted).events) seen.add(type);
      }),
      { numRuns: 150, seed: 1 },
    );
    // What is scheduled counts as in use, so nobody can take away what it needs: no suspension is among them.
    expect([...seen].filter((type) => /^(Config|Flag)/.test(type)).sort()).toEqual([
      "ConfigArchived",
      "ConfigCreated",
      "ConfigEdited",
      "ConfigPreviewEnded",
      "ConfigPreviewStarted",
      "ConfigPublished",
      "ConfigRescheduled",
      "ConfigRestored",
      "ConfigScheduleCancelled",
      "ConfigScheduled",
      "ConfigUnpublished",
      "FlagArchived",
      "FlagCreated",
      "FlagDisabled",
      "FlagEdited",
      "FlagEnabled",
      "FlagPreviewEnded",
      "FlagPreviewStarted",
      "FlagPublished",
      "FlagRescheduled",
      "FlagRestored",
      "FlagScheduleCancelled",
      "FlagScheduled",
      "FlagUnpublished",
    ]);
  });
});
