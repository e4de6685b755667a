import fc from "fast-check";
import { CONFIG, FLAG, given, NAMES, only, PAST, run, SEGMENT, state } from "./reaching";
import type { AppCommand } from "../../src/apps/app.decider";
import type { AnyAppEvent } from "../../src/apps/app.state";
import { releasesOf } from "../../src/apps/uses.policy";

describe("the limit", () => {
  const place = fc.constantFrom(...NAMES);
  const commands: fc.Arbitrary<AppCommand> = fc.oneof(
    fc
      .record({ version: fc.constantFrom(1, 2), environment: place })
      .map((data): AppCommand => ({ type: "PublishConfig", data: { id: CONFIG, ...data } })),
    place.map((where): AppCommand => ({ type: "UnpublishConfig", data: { id: CONFIG, environment: where } })),
    fc
      .record({ environment: place, month: fc.integer({ min: 1, max: 9 }) })
      .map(({ month, ...data }): AppCommand => ({
        type: "ScheduleConfig",
        data: { id: CONFIG, version: 2, startsAt: `2027-0${month}-01T00:00:00Z`, ...data },
      })),
    fc.record({ from: place, to: place }).map((data): AppCommand => ({
      type: "Promote",
      data: { ...data, configIds: [CONFIG], flagIds: [FLAG] },
    })),
    fc
      .record({ type: fc.constantFrom("DisableFlag" as const, "EnableFlag" as const), environment: place })
      .map(({ type, ...data }): AppCommand => ({ type, data: { id: FLAG, ...data } })),
    place.map((where): AppCommand => ({
      type: "PublishFlag",
      data: { id: FLAG, version: 1, environment: where },
    })),
    fc.constantFrom<AppCommand>(
      { type: "ArchiveFlag", data: { id: FLAG } },
      { type: "ArchiveConfig", data: { id: CONFIG } },
      { type: "RestoreConfig", data: { id: CONFIG } },
    ),
    fc
      .string({ maxLength: 3 })
      .map((city): AppCommand => ({ type: "EditSegment", data: { id: SEGMENT, condition: { city } } })),
  );

  it("holds over any history: what is accepted changes nothing beyond it, and what it refuses would have", () => {
    let refusals = 0;
    fc.assert(
      fc.property(
        fc.array(commands, { maxLength: 12 }),
        commands,
        fc.subarray(NAMES),
        (before, command, allowed) => {
          const past = before.reduce<readonly AnyAppEvent[]>(
            (events, each, index) => run(events, each, { commandId: `c${index}` }),
            PAST,
          );
          const unlimited = given(...past).when(command).decision;
          const limited = given(...past).when(command, only(...allowed)).decision;
          const events = unlimited.outcome === "accepted" ? unlimited.events : [];
          const isBeyond = NAMES.some(
            (name) => !allowed.includes(name) && liveIn(past, name) !== liveIn([...past, ...events], name),
          );
          if (isBeyond) expect(limited).toMatchObject({ reasons: [{ code: "FORBIDDEN" }] });
          else expect(limited).toEqual(unlimited);
          if (isBeyond) refusals += 1;
        },
      ),
      { numRuns: 500 },
    );
    expect(refusals).toBeGreaterThan(50);
  });

  /** All that decides there what users get, now or by a schedule. */
  function liveIn(past: readonly AnyAppEvent[], name: string): string {
    const folded = state(past);
    const { segments } = folded;
    const isDisabled = [...folded.disabledFlags.values()].map((environments) => environments.has(name));
    const releases = releasesOf(folded).map(({ release: { active, schedules, versions } }) => {
      const planned = [...schedules.values()].filter((schedule) => schedule.environment === name);
      const live = [active.get(name), ...planned.flatMap(({ version, fallback }) => [version, fallback])];
      const conditions = live.flatMap((version) =>
        (versions[(version ?? 0) - 1]?.references.segments ?? []).map((id) => segments.get(id)?.condition),
      );
      return { active: active.get(name), planned, conditions };
    });
    return JSON.stringify({ releases, isDisabled: isDisabled.includes(true) });
  }
});
