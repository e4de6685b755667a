import { scheduled } from "./published";
import {
  CONFIG,
  editor,
  FLAG,
  forbidden,
  given,
  NAMES,
  only,
  PAST,
  publish,
  publishedTwo,
  SEGMENT,
} from "./reaching";
import type { AppCommand } from "../../src/apps/app.decider";
import type { AnyAppEvent } from "../../src/apps/app.state";

describe("whoever may edit in some environments", () => {
  const testUsers: AnyAppEvent = { type: "TestUsersSet", data: { list: "team", count: 1, note: "" } };
  const SHOWN = [...PAST, testUsers];
  const endsAt = "2026-01-04T00:00:00.000Z";
  const preview = (environment: string): AppCommand => ({
    type: "PreviewConfig",
    data: { id: CONFIG, version: 2, environment, endsAt },
  });
  const previewId = "preview_shop_1";
  const previewStarted = (environment: string): AnyAppEvent => ({
    type: "ConfigPreviewStarted",
    data: { id: CONFIG, previewId, version: 2, environment, endsAt, note: "" },
  });
  const refused = (path: string, environment: string) => ({
    code: "FORBIDDEN",
    path: [path],
    message: `This changes what test users get in "${environment}", and you may not edit there. Ask somebody who may.`,
  });

  it("previews there and nowhere else", () => {
    expect(given(...SHOWN).when(preview("staging"), editor("staging")).decision.outcome).toBe("accepted");
    given(...SHOWN)
      .when(preview("production"), editor("staging"))
      .isRefusedWith(refused("environment", "production"));
  });

  it("ends previews there and nowhere else, whoever began them", () => {
    const end: AppCommand = { type: "EndPreview", data: { previewId } };
    const running = given(...SHOWN, previewStarted("staging"));
    expect(running.when(end, editor("staging")).decision.outcome).toBe("accepted");
    running.when(end, editor("production")).isRefusedWith(refused("id", "staging"));
  });

  it("says whom a running preview is for no more than who may not publish there", () => {
    const others: AppCommand = { type: "SetTestUsers", data: { users: { list: "others", count: 1 } } };
    given(...SHOWN, previewStarted("staging"))
      .when(others, editor("staging"))
      .isRefusedWith(forbidden("userIds", "staging"));
  });

  it("is told once of an environment where a publication ends a preview", () => {
    given(...SHOWN, previewStarted("staging"))
      .when(publish("staging"), editor("production"))
      .isRefusedWith(forbidden("environment", "staging"));
  });
});

describe("whoever may publish in some environments", () => {
  it("publishes there and nowhere else", () => {
    expect(given(...PAST).when(publish("staging"), only("staging")).decision.outcome).toBe("accepted");
    given(...PAST)
      .when(publish("production"), only("staging"))
      .isRefusedWith(forbidden("environment", "production"));
  });

  it("unpublishes and schedules there and nowhere else", () => {
    const unpublish: AppCommand = {
      type: "UnpublishConfig",
      data: { id: CONFIG, environment: "production" },
    };
    const schedule: AppCommand = {
      type: "ScheduleConfig",
      data: { id: CONFIG, version: 2, environment: "production", startsAt: "2027-01-01T00:00:00Z" },
    };
    for (const command of [unpublish, schedule]) {
      given(...PAST, publishedTwo("production"))
        .when(command, only("staging", "qa"))
        .isRefusedWith(forbidden("environment", "production"));
      const allowed = given(...PAST, publishedTwo("production")).when(command, only("production"));
      expect(allowed.decision.outcome).toBe("accepted");
    }
  });

  it("moves and cancels what is scheduled there and nowhere else", () => {
    const scheduleId = "schedule_shop_1";
    const later: AppCommand = {
      type: "RescheduleScheduledPublication",
      data: { scheduleId, startsAt: "2027-02-01T00:00:00Z" },
    };
    const cancel: AppCommand = { type: "CancelScheduledPublication", data: { scheduleId } };
    for (const command of [later, cancel]) {
      given(...PAST, scheduled("staging"))
        .when(command, only("production"))
        .isRefusedWith(forbidden("id", "staging"));
      const allowed = given(...PAST, scheduled("staging")).when(command, only("staging"));
      expect(allowed.decision.outcome).toBe("accepted");
    }
  });

  it("promotes into them, from wherever", () => {
    const promote = (from: string, to: string): AppCommand => ({
      type: "Promote",
      data: { from, to, configIds: [CONFIG], flagIds: [] },
    });
    given(...PAST, publishedTwo("staging"))
      .when(promote("staging", "production"), only("staging"))
      .isRefusedWith(forbidden("to", "production"));
    const allowed = given(...PAST, publishedTwo("staging")).when(
      promote("staging", "production"),
      only("production"),
    );
    expect(allowed.decision.outcome).toBe("accepted");
  });

  it("archives a config only with the right wherever it is active or scheduled", () => {
    const archive: AppCommand = { type: "ArchiveConfig", data: { id: CONFIG } };
    const past = [...PAST, publishedTwo("production"), scheduled("staging")];
    given(...past)
      .when(archive, only("qa"))
      .isRefusedWith(forbidden("configId", "production", "staging"));
    given(...past)
      .when(archive, only("production"))
      .isRefusedWith(forbidden("configId", "staging"));
    expect(given(...past).when(archive, only("production", "staging")).decision.outcome).toBe("accepted");
    expect(given(...PAST).when(archive, only("qa")).decision.outcome).toBe("accepted");
  });

  it("switches a flag off and on there and nowhere else", () => {
    const disabled: AnyAppEvent = { type: "FlagDisabled", data: { id: FLAG, environment: "qa", note: "" } };
    const switchTo = (type: "DisableFlag" | "EnableFlag", where: string): AppCommand => ({
      type,
      data: { id: FLAG, environment: where },
    });
    given(...PAST, disabled)
      .when(switchTo("EnableFlag", "qa"), only("staging"))
      .isRefusedWith(forbidden("environment", "qa"));
    given(...PAST)
      .when(switchTo("DisableFlag", "qa"), only("staging"))
      .isRefusedWith(forbidden("environment", "qa"));
    expect(given(...PAST).when(switchTo("DisableFlag", "qa"), only("qa")).decision.outcome).toBe("accepted");
  });

  it("archives a flag only with the right wherever it is active", () => {
    const active: AnyAppEvent = {
      type: "FlagPublished",
      data: {
        id: FLAG,
        version: 1,
        previousVersion: null,
        environment: "qa",
        cause: { kind: "BY_HAND" },
        note: "",
      },
    };
    given(...PAST, active)
      .when({ type: "ArchiveFlag", data: { id: FLAG } }, only("staging"))
      .isRefusedWith(forbidden("flagId", "qa"));
  });

  it("is refused nothing that changes nothing", () =>
    given(...PAST, publishedTwo("production"))
      .when(publish("production"), only("staging"))
      .yieldsNothing());
});

describe("what is live in several environments", () => {
  const past = [...PAST, publishedTwo("production"), publishedTwo("staging")];
  const defaults: readonly (readonly [string, AppCommand])[] = [
    ["defaultValue", { type: "EditKey", data: { name: "colour", defaultValue: "green" } }],
    ["isVisibleToClients", { type: "EditKey", data: { name: "colour", isVisibleToClients: false } }],
  ];
  const live: readonly (readonly [string, AppCommand])[] = [
    ["condition", { type: "EditSegment", data: { id: SEGMENT, condition: { city: "NY" } } }],
    ...defaults,
  ];

  it.each(live)("takes the right in each of them: %s", (path, command) => {
    given(...past)
      .when(command, only("production", "qa"))
      .isRefusedWith(forbidden(path, "staging"));
    expect(given(...past).when(command, only(...NAMES)).decision.outcome).toBe("accepted");
  });

  it("takes it nowhere else for a condition, which nobody asks for elsewhere", () => {
    const [path, edit] = live[0]!;
    given(...past)
      .when(edit, editor(...NAMES))
      .isRefusedWith(forbidden(path, "production", "staging"));
    expect(given(...past).when(edit, only("production", "staging")).decision.outcome).toBe("accepted");
  });

  it.each(defaults)(
    "takes it everywhere for a default, which is served without anything published: %s",
    (path, edit) => {
      given(...past)
        .when(edit, editor(...NAMES))
        .isRefusedWith(forbidden(path, ...NAMES.toSorted()));
      given(...past)
        .when(edit, only("production", "staging"))
        .isRefusedWith(forbidden(path, "qa"));
      const archived: AnyAppEvent = { type: "EnvironmentArchived", data: { name: "qa", note: "" } };
      expect(given(...past, archived).when(edit, only("production", "staging")).decision.outcome).toBe(
        "accepted",
      );
    },
  );

  it.each(live)("takes only the right to edit where nothing uses it: %s", (_, command) =>
    expect(given(...PAST).when(command, editor("qa")).decision.outcome).toBe("accepted"),
  );

  it("may be called and described by whoever may edit", () => {
    const rename: AppCommand = { type: "EditSegment", data: { id: SEGMENT, name: "New York" } };
    const describing: AppCommand = { type: "EditKey", data: { name: "colour", description: "of the page" } };
    for (const command of [rename, describing]) {
      expect(given(...past).when(command, editor("qa")).decision.outcome).toBe("accepted");
    }
  });
});
