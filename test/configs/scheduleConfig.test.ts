import type { AppCommand } from "../../src/apps/app.decider";
import { OPEN_SCHEDULES_MAX } from "../../src/releases/schedule.decider";
import {
  APP,
  CONFIG,
  NY,
  archivedConfig,
  content,
  created,
  day,
  edited,
  given,
  keyArchived,
  published,
  rule,
  schedule,
  scheduleCancelled,
  scheduled,
  segmentArchived,
  state,
  unpublished,
} from "./shop";
import { versionsInUse } from "../../src/releases/release.state";

const NEW = "schedule_shop_command0";
const two = [...APP, created(), edited(2)];
const started = (version: number, scheduleId: string, dueAt: string, previousVersion: number | null = null) =>
  published(version, { previousVersion, cause: { kind: "SCHEDULE", scheduleId, dueAt } });
const suspended = (scheduleId: string, dueAt: string, reasons: readonly object[] = []) =>
  ({
    type: "ConfigScheduleSuspended",
    data: { id: CONFIG, scheduleId, dueAt, reasons: reasons as [] },
  }) as const;
const rescheduled = (scheduleId: string, startsAt: string, endsAt: string | null = null) =>
  ({ type: "ConfigRescheduled", data: { id: CONFIG, scheduleId, startsAt, endsAt, note: "" } }) as const;

const start = (scheduleId: string, dueAt: string): AppCommand => ({
  type: "StartScheduledPublication",
  data: { scheduleId, dueAt },
});
const end = (scheduleId: string, dueAt: string): AppCommand => ({
  type: "EndScheduledPublication",
  data: { scheduleId, dueAt },
});
const reschedule = (
  scheduleId: string,
  times: { startsAt?: string; endsAt?: string | null },
): AppCommand => ({
  type: "RescheduleScheduledPublication",
  data: { scheduleId, ...times },
});

describe("scheduling a config", () => {
  it("waits for its time, in UTC with milliseconds whatever was sent", () => {
    given(...two)
      .when(schedule(day(1)))
      .yields(scheduled(NEW));
    given(...two)
      .when(schedule("2026-01-02T02:00:00+02:00", "2026-01-03T00:00Z"))
      .yields(scheduled(NEW, { endsAt: day(2) }));
  });

  it.each([
    ["the past", "2025-12-31T23:59:59.999Z"],
    ["this moment", "2026-01-01T00:00:00.000Z"],
    ["more than five years ahead", "2031-01-01T00:00:00.001Z"],
    ["the year 275761", "+275761-01-01T00:00:00Z"],
    ["no instant", "tomorrow"],
    ["an instant of no zone", "2026-02-01T00:00:00"],
  ])("refuses a start in %s", (_, startsAt) => {
    given(...two)
      .when(schedule(startsAt), { at: "2026-01-01T00:00:00.000Z" })
      .isRefusedWith({ code: "INVALID", path: ["startsAt"] });
  });

  it("takes the very next millisecond, and the last of five years", () => {
    const at = "2026-01-01T00:00:00.000Z";
    for (const startsAt of ["2026-01-01T00:00:00.001Z", "2031-01-01T00:00:00.000Z"]) {
      given(...two)
        .when(schedule(startsAt), { at })
        .yields(scheduled(NEW, { startsAt }));
    }
  });

  it("refuses an end that is not after the start", () => {
    given(...two)
      .when(schedule(day(2), day(2)))
      .isRefusedWith({ code: "INVALID", path: ["endsAt"] });
    given(...two)
      .when(schedule(day(2), day(1)))
      .isRefusedWith({ code: "INVALID", path: ["endsAt"] });
  });

  it.each([
    ["windows that share an instant", day(4), day(6)],
    ["the same window", day(3), day(5)],
    ["a window around it", day(2), day(6)],
    ["a window inside it", day(3.5), day(4)],
    ["a publication that stays, at its start", day(3), null],
    ["a publication that stays, inside it", day(4), null],
  ])("refuses %s", (_, startsAt, endsAt) => {
    const past = [...two, scheduled("s1", { startsAt: day(3), endsAt: day(5) })];
    given(...past)
      .when(schedule(startsAt, endsAt))
      .isRefusedWith({ code: "OVERLAP", path: ["startsAt"] });
    const { decision } = given(...past).when(schedule(startsAt, endsAt, { environment: "staging" }));
    expect(decision.outcome).toBe("accepted");
  });

  it("refuses two publications that stay at the same instant, or a window around one", () => {
    const past = [...two, scheduled("s1", { startsAt: day(3) })];
    given(...past)
      .when(schedule(day(3)))
      .isRefused("OVERLAP");
    given(...past)
      .when(schedule(day(2), day(4)))
      .isRefused("OVERLAP");
    given(...past)
      .when(schedule(day(3), day(4)))
      .isRefused("OVERLAP");
    given(...past)
      .when(schedule(day(2), day(3)))
      .yields(scheduled(NEW, { startsAt: day(2), endsAt: day(3) }));
  });

  it("lets windows follow each other", () => {
    const past = [...two, scheduled("s1", { startsAt: day(3), endsAt: day(5) })];
    for (const [startsAt, endsAt] of [
      [day(2), day(3)],
      [day(5), day(6)],
      [day(5), null],
    ] as const) {
      given(...past)
        .when(schedule(startsAt, endsAt))
        .yields(scheduled(NEW, { startsAt, endsAt }));
    }
  });

  it("gives every reason at once", () => {
    given(...two, keyArchived("dark_mode"))
      .when(schedule("never", null, { environment: "moon" }))
      .isRefused("NOT_FOUND", "INVALID", "ARCHIVED");
    given(...two)
      .when(schedule(day(1), null, { version: 3 }))
      .isRefusedWith({ code: "NOT_FOUND", path: ["version"] });
    given(...two, archivedConfig())
      .when(schedule(day(1)))
      .isRefused("ARCHIVED");
    given(...APP)
      .when(schedule(day(1)))
      .isRefusedWith({ code: "NOT_FOUND", path: ["configId"] });
  });

  it("bounds how many are open", () => {
    const open = Array.from({ length: OPEN_SCHEDULES_MAX }, (_, n) =>
      scheduled(`s${n}`, { startsAt: day(10 + n) }),
    );
    given(...two, ...open.slice(1))
      .when(schedule(day(1)))
      .yields(scheduled(NEW));
    given(...two, ...open)
      .when(schedule(day(1)))
      .isRefusedWith({ code: "LIMIT_REACHED", path: [] });
  });
});

describe("what is due", () => {
  it("is published, and over if it has no end", () => {
    const past = [...two, scheduled("s1")];
    given(...past)
      .when(start("s1", day(1)), { at: day(1) })
      .yields(started(1, "s1", day(1)));
    given(...past, started(1, "s1", day(1)))
      .when(start("s1", day(1)))
      .yieldsNothing();
  });

  it("runs until its end, and then what was active before is active again", () => {
    const past = [
      ...two,
      published(1),
      scheduled("s1", { version: 2, endsAt: day(2) }),
      started(2, "s1", day(1), 1),
    ];
    const ended = published(1, {
      previousVersion: 2,
      cause: { kind: "SCHEDULE_END", scheduleId: "s1", dueAt: day(2) },
    });
    given(...past)
      .when(end("s1", day(2)))
      .yields(ended);
    given(...past, ended)
      .when(end("s1", day(2)))
      .yieldsNothing();
  });

  it("leaves nothing active at its end if nothing was at its start", () => {
    const past = [...two, scheduled("s1", { endsAt: day(2) }), started(1, "s1", day(1))];
    const cause = { kind: "SCHEDULE_END", scheduleId: "s1", dueAt: day(2) } as const;
    given(...past)
      .when(end("s1", day(2)))
      .yields(unpublished(1, { cause }));
    given(...past, unpublished(1, { cause }))
      .when(end("s1", day(2)))
      .yieldsNothing();
  });

  it("runs also where its version is active already", () => {
    const past = [...two, published(1), scheduled("s1", { endsAt: day(2) })];
    given(...past)
      .when(start("s1", day(1)))
      .yields(started(1, "s1", day(1), 1));
  });

  it("does nothing that was rescheduled, cancelled or never scheduled", () => {
    const past = [...two, scheduled("s1", { endsAt: day(2) })];
    given(...past, rescheduled("s1", day(3), day(4)))
      .when(start("s1", day(1)))
      .yieldsNothing();
    given(...past, scheduleCancelled("s1"))
      .when(start("s1", day(1)))
      .yieldsNothing();
    given(...past)
      .when(end("s1", day(2)))
      .yieldsNothing();
    given(...past, started(1, "s1", day(1)), rescheduled("s1", day(1), day(3)))
      .when(end("s1", day(2)))
      .yieldsNothing();
    given(...two)
      .when(start("ghost", day(1)))
      .yieldsNothing();
  });

  it("is suspended with every reason if it cannot be applied", () => {
    const past = [...APP, created({ content: content([rule("r1", { segmentId: NY })]) }), scheduled("s1")];
    const { decision } = given(...past, keyArchived("dark_mode"), segmentArchived(NY)).when(
      start("s1", day(1)),
    );
    expect(decision).toMatchObject({
      outcome: "accepted",
      events: [
        {
          type: "ConfigScheduleSuspended",
          data: { scheduleId: "s1", dueAt: day(1), reasons: [{ code: "ARCHIVED" }, { code: "ARCHIVED" }] },
        },
      ],
    });
  });

  it("is suspended at its end too, and its fallback waits, in use", () => {
    const past = [
      ...APP,
      created({ content: content([], ["title"]) }),
      edited(2),
      published(1),
      scheduled("s1", { version: 2, endsAt: day(2) }),
      started(2, "s1", day(1), 1),
    ];
    given(...past, keyArchived("title"))
      .when(end("s1", day(2)))
      .yields(suspended("s1", day(2), [expect.objectContaining({ code: "ARCHIVED", path: ["version"] })]));
    const waiting = [...past, suspended("s1", day(2))];
    expect([...versionsInUse(state(waiting).configs.get(CONFIG)!)].sort()).toEqual([1, 2]);
    given(...waiting)
      .when(reschedule("s1", { endsAt: day(5) }), { at: day(3) })
      .yields(rescheduled("s1", day(1), day(5)));
    expect(
      state([...waiting, rescheduled("s1", day(1), day(5))])
        .configs.get(CONFIG)
        ?.schedules.get("s1"),
    ).toMatchObject({
      status: "RUNNING",
    });
  });

  it("is not undone by a window whose end was suspended before", () => {
    const past = [
      ...two,
      published(1),
      scheduled("s1", { version: 2, endsAt: day(2) }),
      started(2, "s1", day(1), 1),
      suspended("s1", day(2)),
      scheduled("s2", { version: 1, startsAt: day(4) }),
    ];
    given(...past)
      .when(start("s2", day(4)))
      .yields(scheduleCancelled("s1"), started(1, "s2", day(4), 2));
  });
});

describe("rescheduling", () => {
  const pending = [...two, scheduled("s1", { startsAt: day(3), endsAt: day(5) })];
  const running = [...pending, started(1, "s1", day(3))];

  it("moves what has not started, and leaves what is not said", () => {
    given(...pending)
      .when(reschedule("s1", { startsAt: day(4) }))
      .yields(rescheduled("s1", day(4), day(5)));
    given(...pending)
      .when(reschedule("s1", { endsAt: null }))
      .yields(rescheduled("s1", day(3), null));
    given(...pending)
      .when(reschedule("s1", { startsAt: day(4), endsAt: day(9) }))
      .yields(rescheduled("s1", day(4), day(9)));
    given(...pending)
      .when(reschedule("s1", { startsAt: day(3) }))
      .yieldsNothing();
  });

  it("is checked like scheduling", () => {
    const past = [...pending, scheduled("s2", { startsAt: day(7) })];
    given(...past)
      .when(reschedule("s1", { endsAt: day(8) }))
      .isRefusedWith({ code: "OVERLAP" });
    given(...past)
      .when(reschedule("s1", { startsAt: day(6) }))
      .isRefusedWith({ code: "INVALID", path: ["endsAt"] });
    given(...past)
      .when(reschedule("s1", { startsAt: day(-1) }))
      .isRefusedWith({ code: "INVALID", path: ["startsAt"] });
    given(...past)
      .when(reschedule("ghost", {}))
      .isRefusedWith({ code: "NOT_FOUND", path: ["id"] });
  });

  it("changes the end alone of what has started", () => {
    given(...running)
      .when(reschedule("s1", { endsAt: day(9) }), { at: day(4) })
      .yields(rescheduled("s1", day(3), day(9)));
    given(...running)
      .when(reschedule("s1", { startsAt: day(4) }), { at: day(3.5) })
      .isRefusedWith({ code: "WRONG_STATE", path: ["startsAt"] });
    given(...running)
      .when(reschedule("s1", { endsAt: null }), { at: day(4) })
      .isRefusedWith({ code: "WRONG_STATE", path: ["endsAt"] });
    given(...running)
      .when(reschedule("s1", { endsAt: day(4) }), { at: day(4) })
      .isRefusedWith({ code: "INVALID", path: ["endsAt"] });
  });

  it("revives what is suspended, if it can be applied by now", () => {
    const past = [...pending, suspended("s1", day(3))];
    const times = { startsAt: day(7), endsAt: null };
    given(...past)
      .when(reschedule("s1", times), { at: day(4) })
      .yields(rescheduled("s1", day(7)));
    given(...past, keyArchived("dark_mode"))
      .when(reschedule("s1", times), { at: day(4) })
      .isRefusedWith({ code: "ARCHIVED", path: ["version"] });
    expect(
      state([...past, rescheduled("s1", day(7))])
        .configs.get(CONFIG)
        ?.schedules.get("s1"),
    ).toMatchObject({ status: "PENDING" });
  });
});

describe("cancelling", () => {
  const cancel = (scheduleId: string): AppCommand => ({
    type: "CancelScheduledPublication",
    data: { scheduleId },
  });

  it("calls off what waits, runs or is suspended", () => {
    const pending = [...two, scheduled("s1", { endsAt: day(2) })];
    for (const past of [
      pending,
      [...pending, started(1, "s1", day(1))],
      [...pending, suspended("s1", day(1))],
    ]) {
      given(...past)
        .when(cancel("s1"))
        .yields(scheduleCancelled("s1"));
    }
  });

  it("refuses what is over or never was", () => {
    given(...two, scheduled("s1"), scheduleCancelled("s1"))
      .when(cancel("s1"))
      .isRefusedWith({ code: "NOT_FOUND", path: ["id"] });
    given(...two)
      .when(cancel("ghost"))
      .isRefusedWith({ code: "NOT_FOUND", path: ["id"] });
  });
});
