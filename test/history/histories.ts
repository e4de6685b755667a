import fc from "fast-check";
import type { AppCommand } from "../../src/apps/app.decider";
import type { AnyAppEvent } from "../../src/apps/app.state";
import { play, steps } from "../releases/history";
import { day, MIAMI, NY, run } from "../configs/shop";

/** What people do to everything that has a history, in any order; some of it is refused. */
const commands: fc.Arbitrary<AppCommand> = fc.oneof(
  fc.record({
    type: fc.constant("EditKey" as const),
    data: fc.record({
      name: fc.constantFrom("dark_mode", "price"),
      defaultValue: fc.nat(2),
      description: fc.constantFrom("", "What it does."),
    }),
  }),
  fc.record({
    type: fc.constant("EditSegment" as const),
    data: fc.record({
      id: fc.constantFrom(NY, MIAMI),
      condition: fc.constantFrom({}, { city: "Oslo" }, { $or: [{ city: "Oslo" }, { $percent: 20 }] }),
      note: fc.constantFrom("", "why"),
    }),
  }),
  fc.record({
    type: fc.constantFrom("ArchiveSegment" as const, "RestoreSegment" as const),
    data: fc.record({ id: fc.constantFrom(NY, MIAMI) }),
  }),
  fc.record({
    type: fc.constantFrom("CreateEnvironment" as const, "EditEnvironment" as const),
    data: fc.record({
      name: fc.constantFrom("staging", "test"),
      description: fc.constantFrom("", "For us."),
    }),
  }),
  fc.record({
    type: fc.constantFrom("ArchiveEnvironment" as const, "RestoreEnvironment" as const),
    data: fc.record({ name: fc.constantFrom("staging", "test") }),
  }),
  fc.record({
    type: fc.constant("UpdateAppSettings" as const),
    data: fc.record({
      mutuallyExclusiveExperiments: fc.boolean(),
      timeZone: fc.constantFrom("UTC", "Asia/Tokyo"),
      retentionDays: fc.constantFrom(90, 400),
    }),
  }),
);

/** Events of an app in which configs, keys, segments, environments and settings lived for a while. */
export const histories: fc.Arbitrary<readonly AnyAppEvent[]> = fc
  .tuple(steps, fc.array(commands, { minLength: 10, maxLength: 40 }))
  .map(([wanted, others]) =>
    others.reduce(
      (events, command, index) => run(events, command, { at: day(100 + index), commandId: `o${index}n` }),
      play(wanted).events,
    ),
  );
