import { appDecider, type AppCommand } from "../../src/apps/app.decider";
import type { AnyAppEvent } from "../../src/apps/app.state";
import { openEnvironments } from "../../src/apps/environment.state";
import { deciding } from "../support/deciding";

const { given, state } = deciding(appDecider);
const data = { slug: "shop", name: "Shop", note: "a new one" };
const createApp: AppCommand = { type: "CreateApp", data };
const created: readonly AnyAppEvent[] = [
  { type: "AppCreated", data },
  { type: "EnvironmentCreated", data: { name: "production", description: "", note: "a new one" } },
];

describe("creating an app", () => {
  it("gives it the environment production", () => {
    given()
      .when(createApp)
      .yields(...created);
    expect(state(created)).toMatchObject({ slug: "shop", name: "Shop", isArchived: false });
    expect(openEnvironments(state(created))).toEqual(["production"]);
  });

  it("does nothing when it is repeated", () => {
    given(...created)
      .when(createApp)
      .yieldsNothing();
  });
});

describe("an app that there is not", () => {
  const commands: readonly AppCommand[] = [
    { type: "ArchiveKey", data: { name: "colour" } },
    { type: "ArchiveSegment", data: { id: "segment_shop_x" } },
    { type: "ArchiveConfig", data: { id: "config_shop_x" } },
  ];

  it.each(commands)("refuses $type", (command) => {
    given()
      .when(command)
      .isRefusedWith({ code: "NOT_FOUND", path: ["app"] });
  });

  it.each(commands)("is told apart from a thing in it that there is not: $type", (command) => {
    given(...created)
      .when(command)
      .isRefusedWith({ code: "NOT_FOUND" });
  });
});
