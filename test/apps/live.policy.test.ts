import { appDecider, type AppCommand } from "../../src/apps/app.decider";
import type { AnyAppEvent, AppState } from "../../src/apps/app.state";
import { environmentsWithKey, environmentsWithSegment } from "../../src/apps/live.policy";
import { archived, published, segment, version } from "./usingEvents";
import { deciding } from "../support/deciding";

const { state } = deciding<AppState, AppCommand, AnyAppEvent>(appDecider);

const scheduled = (id: string, version: number, environment: string): AnyAppEvent => ({
  type: "ConfigScheduled",
  data: { id, scheduleId: "schedule", version, environment, ...WINDOW, note: "" },
});
const WINDOW = { startsAt: "2027-01-01T00:00:00.000Z", endsAt: "2027-01-02T00:00:00.000Z" };
const startedBySchedule = (id: string, version: number, previousVersion: number): AnyAppEvent => ({
  type: "ConfigPublished",
  data: {
    id,
    version,
    previousVersion,
    environment: "production",
    cause: { kind: "SCHEDULE", scheduleId: "schedule", dueAt: WINDOW.startsAt },
    note: "",
  },
});
const suspended = (id: string): AnyAppEvent => ({
  type: "ConfigScheduleSuspended",
  data: { id, scheduleId: "schedule", dueAt: WINDOW.startsAt, reasons: [] },
});

describe("where something is live", () => {
  const keyIn = (events: AnyAppEvent[], name = "a") => environmentsWithKey(state(events), name);

  it("is where an active version uses it, of a config that is not archived", () => {
    const past = [version(1, "1", ["a"]), published("1", 1), version(2, "1", ["b"])];
    expect([keyIn(past), keyIn(past, "b")]).toEqual([["production"], []]);
    expect(keyIn([...past, published("1", 2, "staging")], "b")).toEqual(["staging"]);
    expect(keyIn([...past, archived("1")])).toEqual([]);
  });

  it("is for a segment also where one is live that contains it, at any depth", () => {
    const past = [
      segment("a"),
      segment("b", "a"),
      segment("c", "b"),
      segment("d"),
      version(1, "1", [], ["c"]),
    ];
    const liveOnes = (events: AnyAppEvent[]) =>
      ["a", "b", "c", "d"].filter((id) => environmentsWithSegment(state(events), id).length > 0);
    expect(liveOnes(past)).toEqual([]);
    expect(liveOnes([...past, published("1", 1)])).toEqual(["a", "b", "c"]);
  });

  it("is where a schedule will make it so, and where its end will", () => {
    const past = [version(1, "1", ["a"]), version(2, "1", ["b"]), scheduled("1", 1, "staging")];
    expect(keyIn(past)).toEqual(["staging"]);
    const running = [
      version(1, "1", ["a"]),
      published("1", 1),
      version(2, "1", ["b"]),
      scheduled("1", 2, "production"),
      startedBySchedule("1", 2, 1),
    ];
    expect([keyIn(running), keyIn(running, "b")]).toEqual([["production"], ["production"]]);
  });

  it("is not where a schedule was suspended, since somebody must decide anew", () =>
    expect(keyIn([version(1, "1", ["a"]), scheduled("1", 1, "staging"), suspended("1")])).toEqual([]));
});
