import fc from "fast-check";
import type { AppState } from "../../src/apps/app.state";
import type { ConfigContent } from "../../src/configs/config.events";
import { checkConfig } from "../../src/configs/configCheck.policy";
import { referencesInUse, versionEntry, versionsInUse } from "../../src/releases/release.state";
import { play, steps } from "./history";
import { run, state } from "./shop";

/** Everything that is wrong with an app after any history. */
function wrongs({ keys, segments, configs }: AppState): string[] {
  const wrong: string[] = [];
  const holders = new Map<string, string>();
  const names = new Set<string>();
  for (const config of configs.values()) {
    if (config.isArchived) {
      if (config.active.size > 0 || config.schedules.size > 0)
        wrong.push(`${config.id} is archived and at work`);
      continue;
    }
    if (names.has(config.name)) wrong.push(`two configs are named ${config.name}`);
    names.add(config.name);
    const inUse = referencesInUse(config);
    for (const name of inUse.keys) {
      if (keys.get(name)?.isArchived !== false)
        wrong.push(`${config.id} uses key ${name}, which is put away`);
      if (holders.has(name)) wrong.push(`${name} is in ${config.id} and ${holders.get(name)}`);
      holders.set(name, config.id);
    }
    for (const id of inUse.segments) {
      if (segments.get(id)?.isArchived !== false)
        wrong.push(`${config.id} uses segment ${id}, which is put away`);
    }
    for (const { status, environment, version, hasStarted } of config.schedules.values()) {
      if (status === "RUNNING" && config.active.get(environment) !== version) {
        wrong.push(`a window of ${config.id} runs and another version is active`);
      }
      if (status === "RUNNING" && !hasStarted) wrong.push(`a window of ${config.id} runs before its start`);
    }
  }
  return wrong;
}

const runs = { numRuns: 150 };

describe("after any history of commands", () => {
  it("nothing in use is archived, and no key is in two configs", () => {
    fc.assert(
      fc.property(steps, (wanted) => {
        expect(wrongs(state(play(wanted).events))).toEqual([]);
      }),
      runs,
    );
  });

  it("every version in use could be published at once", () => {
    fc.assert(
      fc.property(steps, (wanted) => {
        const { events } = play(wanted);
        const app = state(events);
        for (const config of app.configs.values()) {
          for (const version of versionsInUse(config)) {
            const saved = events[versionEntry(config, version).revision]?.data;
            expect(checkConfig((saved as { content: ConfigContent }).content, config.id, app)).toEqual([]);
          }
        }
      }),
      runs,
    );
  });

  it("a command repeated appends nothing, also under another command id", () => {
    fc.assert(
      fc.property(steps, (wanted) => {
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
      fc.property(steps, (wanted) => {
        for (const { type } of play(wanted).events) seen.add(type);
      }),
      { ...runs, seed: 1 },
    );
    // What is scheduled counts as in use, so nobody can take away what it needs: no suspension is among them.
    expect([...seen].filter((type) => type.startsWith("Config")).sort()).toEqual([
      "ConfigArchived",
      "ConfigCreated",
      "ConfigEdited",
      "ConfigPublished",
      "ConfigRescheduled",
      "ConfigRestored",
      "ConfigScheduleCancelled",
      "ConfigScheduled",
      "ConfigUnpublished",
    ]);
  });
});
