import type { AppCommand } from "../../src/apps/app.decider";
import type { AnyAppEvent } from "../../src/apps/app.state";
import { NOTE_LENGTH_MAX } from "../../src/lib/note";
import { PREVIEW_DAYS_MAX } from "../../src/releases/preview.policy";
import type { PreviewEndCause } from "../../src/releases/release.events";
import { versionsInUse } from "../../src/releases/release.state";
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
  publish,
  published,
  rule,
  scheduled,
  segmentArchived,
  state,
} from "./shop";

const NEW = "preview_shop_command0";
const testUsers = (count = 1): AnyAppEvent => ({
  type: "TestUsersSet",
  data: { list: "team", count, note: "" },
});
const team = [...APP, testUsers()];
/** Version 1 is active in production; version 2 is not. */
const two = [...team, created(), edited(2), published(1)];

const started = (previewId = "preview_shop_a", data: object = {}): AnyAppEvent => ({
  type: "ConfigPreviewStarted",
  data: { id: CONFIG, previewId, version: 2, environment: "production", endsAt: day(2), note: "", ...data },
});
const ended = (cause: PreviewEndCause, previewId = "preview_shop_a", data: object = {}): AnyAppEvent => ({
  type: "ConfigPreviewEnded",
  data: { id: CONFIG, previewId, environment: "production", cause, note: "", ...data },
});
const preview = (changes: object = {}): AppCommand => ({
  type: "PreviewConfig",
  data: { id: CONFIG, version: 2, environment: "production", endsAt: day(2), ...changes },
});
const end = (previewId = "preview_shop_a", note?: string): AppCommand => ({
  type: "EndPreview",
  data: { previewId, note },
});

describe("a preview", () => {
  it("starts with a version that is not active there, and leaves what is active alone", () => {
    given(...two)
      .when(preview({ note: "a look" }))
      .yields(started(NEW, { note: "a look" }));
    given(...two)
      .when(preview({ version: 1, environment: "staging" }))
      .yields(started(NEW, { version: 1, environment: "staging" }));
  });

  it("makes way for another one in the same environment, and in no other", () => {
    given(...two, started())
      .when(preview({ endsAt: day(3) }))
      .yields(ended("REPLACED"), started(NEW, { endsAt: day(3) }));
    given(...two, started())
      .when(preview({ environment: "staging" }))
      .yields(started(NEW, { environment: "staging" }));
    given(...two, started())
      .when(preview({ endsAt: "2026-01-03T01:00+01:00" }))
      .yieldsNothing();
  });

  it("ends by hand, once", () => {
    given(...two, started())
      .when(end("preview_shop_a", "seen"))
      .yields(ended("BY_HAND", "preview_shop_a", { note: "seen" }));
    given(...two, started(), ended("BY_HAND"))
      .when(end())
      .isRefusedWith({ code: "NOT_FOUND", path: ["id"] });
    given(...two)
      .when(end("x".repeat(10_000)))
      .isRefused("NOT_FOUND");
    given(...two, started())
      .when(end("preview_shop_a", "x".repeat(NOTE_LENGTH_MAX + 1)))
      .isRefusedWith({ code: "INVALID", path: ["note"] });
  });

  it("ends when its time is up and the scheduler says so, and not before", () => {
    const due = (dueAt: string): AppCommand => ({
      type: "EndDuePreview",
      data: { previewId: "preview_shop_a", dueAt },
    });
    given(...two, started())
      .when(due(day(2)), { at: "2026-01-02T23:59:59.999Z" })
      .yieldsNothing();
    given(...two, started())
      .when(due(day(2)), { at: day(2) })
      .yields(ended("TIME_UP"));
    given(...two, started())
      .when(due(day(1)), { at: day(3) })
      .yieldsNothing();
    given(...two, started(), ended("BY_HAND"))
      .when(due(day(2)), { at: day(3) })
      .yieldsNothing();
  });

  it("has ended for its time and nothing else once that is up", () => {
    given(...two, started())
      .when(end("preview_shop_a", "late"), { at: day(2) })
      .yields(ended("TIME_UP"));
  });

  it("ends when its version becomes active there for everybody, however that comes about", () => {
    const active = published(2, { previousVersion: 1 });
    given(...two, started())
      .when(publish(2))
      .yields(ended("PUBLISHED"), active);
    given(...two, started())
      .when(publish(2, "staging"))
      .yields(published(2, { environment: "staging" }));
    given(...two, edited(3), started())
      .when(publish(3))
      .yields(published(3, { previousVersion: 1 }));
    const cause = { kind: "SCHEDULE", scheduleId: "schedule_shop_s", dueAt: day(1) } as const;
    given(...two, scheduled("schedule_shop_s", { version: 2 }), started())
      .when(
        { type: "StartScheduledPublication", data: { scheduleId: "schedule_shop_s", dueAt: day(1) } },
        { at: day(1) },
      )
      .yields(ended("PUBLISHED"), published(2, { previousVersion: 1, cause }));
  });

  it("ends when the config is archived", () => {
    given(...team, created(), started("preview_shop_a", { version: 1 }))
      .when({ type: "ArchiveConfig", data: { id: CONFIG, note: "over" } })
      .yields(ended("ARCHIVED", "preview_shop_a", { note: "over" }), {
        type: "ConfigArchived",
        data: { id: CONFIG, note: "over" },
      });
  });
});

describe("a preview is refused", () => {
  const at = day(0);

  it.each([
    ["the past", "2025-12-31T23:59:59.999Z"],
    ["this moment", day(0)],
    ["more than 7 days ahead", "2026-01-08T00:00:00.001Z"],
    ["ten years ahead", "2036-01-01T00:00:00Z"],
    ["no instant", "tomorrow"],
    ["an instant of no zone", "2026-01-02T00:00:00"],
    ["the year 10^9", "+1000000000-01-01T00:00:00Z"],
  ])("with an end in %s", (_, endsAt) => {
    given(...two)
      .when(preview({ endsAt }), { at })
      .isRefusedWith({ code: "INVALID", path: ["endsAt"] });
  });

  it("but not with an end in the very next millisecond, or the last of 7 days", () => {
    expect(PREVIEW_DAYS_MAX).toBe(7);
    for (const endsAt of ["2026-01-01T00:00:00.001Z", day(PREVIEW_DAYS_MAX)]) {
      given(...two)
        .when(preview({ endsAt }), { at })
        .yields(started(NEW, { endsAt }));
    }
  });

  it("of what is not there, archived, active already, or not to be had by anybody", () => {
    given(...two)
      .when(preview({ id: "config_shop_none" }))
      .isRefusedWith({ code: "NOT_FOUND", path: ["configId"] });
    for (const version of [0, 3, 1.5, -1])
      given(...two)
        .when(preview({ version }))
        .isRefusedWith({ code: "NOT_FOUND", path: ["version"] });
    given(...two)
      .when(preview({ environment: "moon" }))
      .isRefusedWith({ code: "NOT_FOUND", path: ["environment"] });
    given(...two)
      .when(preview({ version: 1 }))
      .isRefusedWith({ code: "WRONG_STATE", path: ["version"] });
    given(...team, created(), archivedConfig())
      .when(preview({ version: 1 }))
      .isRefusedWith({ code: "ARCHIVED", path: ["configId"] });
    given(...APP, created(), edited(2))
      .when(preview())
      .isRefused("WRONG_STATE");
    given(...two, testUsers(0))
      .when(preview())
      .isRefused("WRONG_STATE");
  });

  it("with every reason at once", () => {
    given(...APP, created(), edited(2), published(2))
      .when(preview({ endsAt: day(-1), note: "x".repeat(NOTE_LENGTH_MAX + 1) }))
      .isRefused("INVALID", "INVALID", "WRONG_STATE", "WRONG_STATE");
  });

  it("of a version that could not be published, for the same reasons", () => {
    const old = content([rule("r1", { values: [{ key: "title", value: "a" }] })], ["title"]);
    given(...team, created({ content: old }), edited(2), keyArchived("title"))
      .when(preview({ version: 1 }))
      .isRefusedWith({ code: "ARCHIVED", path: ["version"] });
  });
});

describe("what is previewed", () => {
  const ofNy = content([rule("r1", { segmentId: NY, values: [{ key: "title", value: "a" }] })], ["title"]);
  /** Only version 1 has the key `title` and the segment, and only the preview holds on to it. */
  const previewing = [
    ...team,
    created({ content: ofNy }),
    edited(2),
    started("preview_shop_a", { version: 1 }),
  ];

  it("is in use until it ends", () => {
    const inUse = (...events: AnyAppEvent[]) => [
      ...versionsInUse(state(events).configs.get(CONFIG) ?? fail()),
    ];
    expect(inUse(...previewing).sort()).toEqual([1, 2]);
    expect(inUse(...previewing, ended("TIME_UP"))).toEqual([2]);
  });

  it("keeps its keys and segments from being archived, with the config's name", () => {
    const usedBy = [{ kind: "Config", id: CONFIG, name: "dark mode" }];
    const archiveKey: AppCommand = { type: "ArchiveKey", data: { name: "title" } };
    const archiveSegment: AppCommand = { type: "ArchiveSegment", data: { id: NY } };
    for (const command of [archiveKey, archiveSegment]) {
      given(...previewing)
        .when(command)
        .isRefusedWith({ code: "IN_USE", usedBy });
    }
    given(...previewing, ended("BY_HAND"))
      .when(archiveKey)
      .yields(keyArchived("title"));
    given(...previewing, ended("BY_HAND"))
      .when(archiveSegment)
      .yields(segmentArchived(NY));
  });

  it("keeps its environment and its app from being archived", () => {
    const archiveEnvironment: AppCommand = { type: "ArchiveEnvironment", data: { name: "staging" } };
    const archiveApp: AppCommand = { type: "ArchiveApp", data: {} };
    const inStaging = [...team, created(), started("preview_shop_a", { version: 1, environment: "staging" })];
    given(...inStaging)
      .when(archiveEnvironment)
      .isRefused("IN_USE");
    given(...inStaging)
      .when(archiveApp)
      .isRefused("IN_USE");
    const over = ended("BY_HAND", "preview_shop_a", { environment: "staging" });
    expect(given(...inStaging, over).when(archiveEnvironment).decision.outcome).toBe("accepted");
    expect(given(...inStaging, over).when(archiveApp).decision.outcome).toBe("accepted");
  });
});

describe("previewing where one may not publish", () => {
  const staging = { environments: ["staging"] };
  const forbidden = (path: string) => ({ code: "FORBIDDEN", path: [path] });

  it("is refused, to start as to end, and elsewhere it is not", () => {
    given(...two)
      .when(preview(), staging)
      .isRefusedWith(forbidden("environment"));
    given(...two, started())
      .when(end(), staging)
      .isRefusedWith(forbidden("id"));
    given(...two)
      .when(preview({ environment: "staging" }), staging)
      .yields(started(NEW, { environment: "staging" }));
  });

  it("keeps from saying who gets what is previewed there", () => {
    const set: AppCommand = { type: "SetTestUsers", data: { users: { list: "others", count: 2 } } };
    given(...two, started())
      .when(set, staging)
      .isRefusedWith(forbidden("userIds"));
    const others: AnyAppEvent = { type: "TestUsersSet", data: { list: "others", count: 2, note: "" } };
    given(...two)
      .when(set, staging)
      .yields(others);
  });

  it("keeps nobody from archiving a config whose preview there is past its time", () => {
    given(...team, created(), started("preview_shop_a", { version: 1 }))
      .when({ type: "ArchiveConfig", data: { id: CONFIG } }, { ...staging, at: day(3) })
      .yields(ended("TIME_UP"), archivedConfig());
  });
});

describe("test users", () => {
  const set = (list: string, count: number, note = ""): AppCommand => ({
    type: "SetTestUsers",
    data: { users: { list, count }, note },
  });

  it("are set as a list, and only if they are others", () => {
    given(...APP)
      .when(set("team", 3, "us"))
      .yields({ type: "TestUsersSet", data: { list: "team", count: 3, note: "us" } });
    given(...team)
      .when(set("team", 1))
      .yieldsNothing();
    given(...team)
      .when(set("empty", 0))
      .yields({ type: "TestUsersSet", data: { list: "empty", count: 0, note: "" } });
    given(...APP)
      .when(set("empty", 0))
      .yieldsNothing();
  });

  it("are refused with a note that is too long, and in an archived app", () => {
    given(...APP)
      .when(set("team", 1, "x".repeat(NOTE_LENGTH_MAX + 1)))
      .isRefusedWith({ code: "INVALID", path: ["note"] });
    given(...APP, { type: "AppArchived", data: { note: "" } })
      .when(set("team", 1))
      .isRefused("ARCHIVED");
  });
});

function fail(): never {
  throw new Error("There is no config.");
}
