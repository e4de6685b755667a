import { appDecider, type AppCommand } from "../../src/apps/app.decider";
import { ENVIRONMENT_NAME_LENGTH_MAX } from "../../src/apps/app.policy";
import type { AnyAppEvent } from "../../src/apps/app.state";
import { ENVIRONMENTS_PER_APP_MAX } from "../../src/apps/environment.decider";
import type { EnvironmentEvent } from "../../src/apps/environment.events";
import { openEnvironments } from "../../src/apps/environment.state";
import { APP, configSaved, published, scheduled } from "./published";
import { deciding } from "../support/deciding";

const { given, state } = deciding(appDecider);

const created = (name: string): EnvironmentEvent => ({
  type: "EnvironmentCreated",
  data: { name, description: "", note: "" },
});
const archived = (name: string): EnvironmentEvent => ({
  type: "EnvironmentArchived",
  data: { name, note: "" },
});
const create = (name: string): AppCommand => ({ type: "CreateEnvironment", data: { name } });
const archive = (name: string): AppCommand => ({ type: "ArchiveEnvironment", data: { name, note: "over" } });
const restore = (name: string): AppCommand => ({ type: "RestoreEnvironment", data: { name } });
const STAGING = created("staging");

describe("creating an environment", () => {
  it("records it with what was said about it", () => {
    const data = { name: "staging", description: "For us.", note: "to try" };
    given(...APP)
      .when({ type: "CreateEnvironment", data })
      .yields({ type: "EnvironmentCreated", data });
  });

  it.each(["a", "eu-west-1", "x".repeat(ENVIRONMENT_NAME_LENGTH_MAX)])("may name it %s", (name) => {
    given(...APP)
      .when(create(name))
      .yields(created(name));
  });

  it.each([
    ...["", "Staging", "1st", "-a", "a-", "a--b", "a b", "a_b", "a.b", "a\n", "__proto__", "\ud800"],
    "x".repeat(ENVIRONMENT_NAME_LENGTH_MAX + 1),
  ])("must not name it %j", (name) => {
    given(...APP)
      .when(create(name))
      .isRefusedWith({ code: "INVALID", path: ["name"] });
  });

  it("refuses a name that one has or had", () => {
    given(...APP, STAGING)
      .when(create("staging"))
      .isRefused("TAKEN");
    given(...APP, STAGING, archived("staging"))
      .when(create("staging"))
      .isRefused("TAKEN");
  });

  it("has a limit, which archived ones do not count for", () => {
    const others = Array.from({ length: ENVIRONMENTS_PER_APP_MAX - 1 }, (_, index) => created(`e${index}`));
    given(...APP, ...others.slice(1))
      .when(create("last"))
      .yields(created("last"));
    given(...APP, ...others)
      .when(create("one-more"))
      .isRefused("LIMIT_REACHED");
    given(...APP, ...others, archived("e0"))
      .when(create("one-more"))
      .yields(created("one-more"));
    given(...APP, ...others, archived("e0"), created("one-more"))
      .when(restore("e0"))
      .isRefused("LIMIT_REACHED");
  });

  it("says all that is wrong at once", () => {
    const data = { name: "staging", description: "x".repeat(1_001), note: "x".repeat(2_001) };
    given(...APP, STAGING)
      .when({ type: "CreateEnvironment", data })
      .isRefused("TAKEN", "INVALID", "INVALID");
    given(...APP)
      .when({
        type: "CreateEnvironment",
        data: { name: "a", description: "x".repeat(1_000), note: "x".repeat(2_000) },
      })
      .yields({
        type: "EnvironmentCreated",
        data: { name: "a", description: "x".repeat(1_000), note: "x".repeat(2_000) },
      });
  });
});

describe("editing an environment", () => {
  const edit = (description?: string): AppCommand => ({
    type: "EditEnvironment",
    data: { name: "staging", description },
  });

  it("records what it is for from now on", () => {
    given(...APP, STAGING)
      .when(edit("For us."))
      .yields({ type: "EnvironmentEdited", data: { name: "staging", description: "For us.", note: "" } });
  });

  it("records nothing that changes nothing", () => {
    given(...APP, STAGING)
      .when(edit(""))
      .yieldsNothing();
    given(...APP, STAGING)
      .when(edit())
      .yieldsNothing();
  });

  it("is refused for one that there is not, and for an archived one", () => {
    given(...APP)
      .when(edit("x"))
      .isRefusedWith({ code: "NOT_FOUND", path: ["name"] });
    given(...APP, STAGING, archived("staging"))
      .when(edit("x"))
      .isRefused("ARCHIVED");
  });
});

describe("archiving an environment", () => {
  it("records it, once", () => {
    given(...APP, STAGING)
      .when(archive("staging"))
      .yields({ type: "EnvironmentArchived", data: { name: "staging", note: "over" } });
    given(...APP, STAGING, archived("staging"))
      .when(archive("staging"))
      .yieldsNothing();
  });

  it("is refused for the last one, also if others are archived", () => {
    given(...APP)
      .when(archive("production"))
      .isRefused("WRONG_STATE");
    given(...APP, STAGING, archived("staging"))
      .when(archive("production"))
      .isRefused("WRONG_STATE");
    given(...APP, STAGING, archived("production"))
      .when(archive("staging"))
      .isRefused("WRONG_STATE");
  });

  it("is refused while something is published there, with the list", () => {
    given(...APP, STAGING, configSaved, published("staging"))
      .when(archive("staging"))
      .isRefusedWith({ code: "IN_USE", path: ["name"], usedBy: [{ kind: "Config", name: "Colours" }] });
    given(...APP, STAGING, configSaved, published("production"))
      .when(archive("staging"))
      .yields({ type: "EnvironmentArchived", data: { name: "staging", note: "over" } });
  });

  it("is refused while something is scheduled there", () => {
    given(...APP, STAGING, configSaved, scheduled("staging"))
      .when(archive("staging"))
      .isRefused("IN_USE");
    given(...APP, STAGING, configSaved, scheduled("production"))
      .when(archive("staging"))
      .yields({ type: "EnvironmentArchived", data: { name: "staging", note: "over" } });
  });
});

describe("an archived environment", () => {
  const past: readonly AnyAppEvent[] = [...APP, STAGING, configSaved, archived("staging")];

  it("takes no publication and no schedule", () => {
    const data = { id: "config_shop_c", version: 1, environment: "staging" };
    given(...past)
      .when({ type: "PublishConfig", data })
      .isRefusedWith({ code: "NOT_FOUND", path: ["environment"] });
    given(...past)
      .when({ type: "ScheduleConfig", data: { ...data, startsAt: "2027-01-01T00:00:00.000Z" } })
      .isRefusedWith({ code: "NOT_FOUND", path: ["environment"] });
  });

  it("can be restored, once", () => {
    given(...past)
      .when(restore("staging"))
      .yields({ type: "EnvironmentRestored", data: { name: "staging", note: "" } });
    given(...APP, STAGING)
      .when(restore("staging"))
      .yieldsNothing();
    expect(openEnvironments(state(past))).toEqual(["production"]);
  });
});
