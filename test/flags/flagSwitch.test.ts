import type { AppCommand } from "../../src/apps/app.decider";
import { NOTE_LENGTH_MAX } from "../../src/lib/note";
import { given, state } from "../configs/shop";
import { APP, FLAG, archived, created, disabled, edited, enabled, published } from "./flags";

const switchOf =
  (type: "DisableFlag" | "EnableFlag") =>
  (changes: object = {}) =>
    ({ type, data: { id: FLAG, environment: "production", ...changes } }) as AppCommand;
const [disable, enable] = [switchOf("DisableFlag"), switchOf("EnableFlag")];
const past = [...APP, created(), published(1)];

describe("disabling a flag", () => {
  it("happens in that environment only, with a note", () => {
    given(...past)
      .when(disable({ note: "crashes" }))
      .yields(disabled("production", "crashes"));
    given(...past, disabled())
      .when(disable({ environment: "staging" }))
      .yields(disabled("staging"));
  });

  it("needs no version to be published", () => {
    given(...APP, created())
      .when(disable())
      .yields(disabled());
  });

  it("changes nothing about versions, and no version changes it", () => {
    const later = [...past, disabled(), edited(2), published(2, { previousVersion: 1 })];
    expect(state(later).flags.get(FLAG)?.active.get("production")).toBe(2);
    expect(state(later).disabledFlags.get(FLAG)).toEqual(new Map([["production", { note: "" }]]));
  });
});

describe("enabling a flag", () => {
  it("ends it there, and leaves other environments as they are", () => {
    const both = [...past, disabled(), disabled("staging", "too")];
    given(...both)
      .when(enable({ note: "mended" }))
      .yields(enabled("production", "mended"));
    expect(state([...both, enabled()]).disabledFlags.get(FLAG)).toEqual(
      new Map([["staging", { note: "too" }]]),
    );
    expect(state([...both, enabled(), enabled("staging")]).disabledFlags.size).toBe(0);
  });
});

describe("the kill switch", () => {
  it("does nothing where it stands that way already", () => {
    given(...past, disabled())
      .when(disable({ note: "again" }))
      .yieldsNothing();
    given(...past)
      .when(enable())
      .yieldsNothing();
  });

  it.each([
    ["disable", disable],
    ["enable", enable],
  ])("refuses to %s what is not there, and a bad note", (_what, command) => {
    given(...APP)
      .when(command())
      .isRefusedWith({ code: "NOT_FOUND", path: ["flagId"] });
    given(...past, archived())
      .when(command())
      .isRefusedWith({ code: "ARCHIVED", path: ["flagId"] });
    given(...past)
      .when(command({ environment: "moon" }))
      .isRefusedWith({ code: "NOT_FOUND", path: ["environment"] });
    given(...past)
      .when(command({ note: "x".repeat(NOTE_LENGTH_MAX + 1) }))
      .isRefusedWith({ code: "INVALID", path: ["note"] });
    expect(given(...past).when(command({ note: "x".repeat(NOTE_LENGTH_MAX) })).decision.outcome).toBe(
      "accepted",
    );
  });

  it("stays where it was while the flag is archived", () => {
    const put = [
      ...past,
      disabled(),
      archived(),
      { type: "FlagRestored", data: { id: FLAG, note: "" } } as const,
    ];
    expect(state(put).disabledFlags.get(FLAG)?.has("production")).toBe(true);
  });
});
