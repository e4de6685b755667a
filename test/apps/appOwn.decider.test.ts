import { RETENTION_DAYS_MAX, RETENTION_DAYS_MIN } from "../../src/apps/settings.policy";
import { appDecider, type AppCommand } from "../../src/apps/app.decider";
import type { AnyAppEvent } from "../../src/apps/app.state";
import { APP, configSaved, published, scheduled } from "./published";
import { deciding } from "../support/deciding";

const { given, state } = deciding(appDecider);
const ARCHIVED: AnyAppEvent = { type: "AppArchived", data: { note: "" } };

describe("editing an app", () => {
  it("records its new name", () => {
    given(...APP)
      .when({ type: "EditApp", data: { name: "The shop", note: "renamed" } })
      .yields({ type: "AppEdited", data: { name: "The shop", note: "renamed" } });
  });

  it("records nothing that changes nothing", () => {
    given(...APP)
      .when({ type: "EditApp", data: { name: "Shop" } })
      .yieldsNothing();
    given(...APP)
      .when({ type: "EditApp", data: {} })
      .yieldsNothing();
  });

  it.each(["", " ", "x".repeat(121), "a\0"])("must not name it %j", (name) => {
    given(...APP)
      .when({ type: "EditApp", data: { name } })
      .isRefusedWith({ code: "INVALID", path: ["name"] });
  });
});

describe("the settings of an app", () => {
  const turn = (mutuallyExclusiveExperiments?: boolean): AppCommand => ({
    type: "UpdateAppSettings",
    data: { mutuallyExclusiveExperiments, note: "so" },
  });
  const on: AnyAppEvent = {
    type: "AppSettingsUpdated",
    data: { mutuallyExclusiveExperiments: true, timeZone: "UTC", retentionDays: 400, note: "so" },
  };

  it("change as told, and stay where nothing is said", () => {
    given(...APP)
      .when(turn(true))
      .yields(on);
    given(...APP, on)
      .when(turn())
      .yieldsNothing();
    given(...APP, on)
      .when(turn(true))
      .yieldsNothing();
    expect(state([...APP, on]).settings).toEqual({
      mutuallyExclusiveExperiments: true,
      timeZone: "UTC",
      retentionDays: 400,
    });
  });

  it("change alone, whatever the others are", () => {
    given(...APP, on)
      .when({ type: "UpdateAppSettings", data: { timeZone: "Europe/Berlin" } })
      .yields({
        type: "AppSettingsUpdated",
        data: { mutuallyExclusiveExperiments: true, timeZone: "Europe/Berlin", retentionDays: 400, note: "" },
      });
  });

  it.each(["Europe/Berlin", "Asia/Kolkata", "America/Argentina/Buenos_Aires", "Etc/GMT+5", "UTC"])(
    "may have the time zone %s",
    (timeZone) => {
      const { decision } = given(...APP).when({ type: "UpdateAppSettings", data: { timeZone } });
      expect(decision.outcome).toBe("accepted");
    },
  );

  it.each(["", "Berlin", "+01:00", "Europe/Berlin ", "Europe/Atlantis", "a".repeat(65), "UTC\0"])(
    "must not have the time zone %j",
    (timeZone) => {
      given(...APP)
        .when({ type: "UpdateAppSettings", data: { timeZone } })
        .isRefusedWith({ code: "INVALID", path: ["timeZone"] });
    },
  );

  it.each([RETENTION_DAYS_MIN, RETENTION_DAYS_MAX])(
    "may keep what users did for %d days",
    (retentionDays) => {
      const { decision } = given(...APP).when({ type: "UpdateAppSettings", data: { retentionDays } });
      expect(decision.outcome).toBe("accepted");
    },
  );

  it.each([RETENTION_DAYS_MIN - 1, RETENTION_DAYS_MAX + 1, 90.5, -90])(
    "must not keep what users did for %d days",
    (retentionDays) => {
      given(...APP)
        .when({ type: "UpdateAppSettings", data: { retentionDays } })
        .isRefusedWith({ code: "INVALID", path: ["retentionDays"] });
    },
  );

  it("take a note of limited length", () => {
    given(...APP)
      .when({ type: "UpdateAppSettings", data: { note: "x".repeat(2_001) } })
      .isRefusedWith({ code: "INVALID", path: ["note"] });
  });
});

describe("archiving an app", () => {
  const archive: AppCommand = { type: "ArchiveApp", data: { note: "closed" } };

  it("records it, once", () => {
    given(...APP, configSaved)
      .when(archive)
      .yields({ type: "AppArchived", data: { note: "closed" } });
    given(...APP, ARCHIVED)
      .when(archive)
      .yieldsNothing();
  });

  it.each([published("production"), scheduled("production")])(
    "is refused after $type, with the list",
    (event) => {
      given(...APP, configSaved, event)
        .when(archive)
        .isRefusedWith({ code: "IN_USE", path: ["app"], usedBy: [{ kind: "Config", name: "Colours" }] });
    },
  );
});

describe("an archived app", () => {
  const past = [...APP, configSaved, ARCHIVED];

  it.each<AppCommand>([
    { type: "EditApp", data: { name: "Other" } },
    { type: "UpdateAppSettings", data: { mutuallyExclusiveExperiments: true } },
    { type: "CreateEnvironment", data: { name: "staging" } },
    { type: "CreateKey", data: { name: "colour", type: "STRING", defaultValue: "red" } },
    { type: "CreateSegment", data: { name: "All", condition: {} } },
    { type: "PublishConfig", data: { id: "config_shop_c", version: 1, environment: "production" } },
  ])("refuses $type", (command) => {
    given(...past)
      .when(command)
      .isRefusedWith({ code: "ARCHIVED", path: ["app"] });
  });

  it("can be restored, once", () => {
    given(...past)
      .when({ type: "RestoreApp", data: {} })
      .yields({ type: "AppRestored", data: { note: "" } });
    given(...APP)
      .when({ type: "RestoreApp", data: {} })
      .yieldsNothing();
  });
});
