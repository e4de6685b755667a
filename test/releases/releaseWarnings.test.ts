import type { AppCommand } from "../../src/apps/app.decider";
import type { AnyAppEvent } from "../../src/apps/app.state";
import { boundedWarnings, WARNINGS_MAX, type Warning } from "../../src/lib/warning";
import * as config from "../configs/shop";
import * as flag from "../flags/flags";

const { given, day, publish, schedule, CONFIG } = config;

const EMPTY = "segment_shop_empty";
const empty: AnyAppEvent = {
  type: "SegmentCreated",
  data: {
    id: EMPTY,
    name: "empty",
    description: "",
    condition: { $userIn: [] },
    clonedFrom: null,
    note: "",
  },
};
const app = [...flag.APP, empty];
/** Rule 2 is never reached, and nothing sets the second key. */
const odd = config.content([config.rule("r1"), config.rule("r2", { percentage: 0 })], ["dark_mode", "title"]);
const ODDITIES = ["KEY_UNSET", "PERCENTAGE_ZERO", "RULE_UNREACHABLE"];
const about = (path: string): readonly string[] => ODDITIES.map((code) => `${code} ${path}`.trim());
const oddConfig = [...app, config.created({ content: odd })];
/** Version 1 is as it should be, and version 2 is odd. */
const both = [...app, config.created(), config.edited(2, { content: odd })];

const preview = (version: number): AppCommand => ({
  type: "PreviewConfig",
  data: { id: CONFIG, version, environment: "production", endsAt: day(1) },
});
const testUsers: AnyAppEvent = { type: "TestUsersSet", data: { list: "team", count: 1, note: "" } };
const promote: AppCommand = {
  type: "Promote",
  data: { from: "staging", to: "production", configIds: [CONFIG], flagIds: [] },
};
const reschedule: AppCommand = {
  type: "RescheduleScheduledPublication",
  data: { scheduleId: "s1", startsAt: day(3) },
};

describe("what is odd about a version", () => {
  it("is said where it stands when it is saved, and nothing of one that is as it should be", () => {
    const rules = [config.draft(), config.draft({ dark_mode: 5 }, { percentage: 0 })];
    const said = ["KEY_UNSET keys.1", "PERCENTAGE_ZERO rules.1.percentage", "RULE_UNREACHABLE rules.1"];
    given(...app)
      .when(config.createConfig({ keys: ["dark_mode", "title"], rules }))
      .warns(...said);
    given(...app, config.created())
      .when(config.editConfig({ keys: ["dark_mode", "title"], rules }))
      .warns(...said);
    given(...app)
      .when(config.createConfig())
      .warns();
  });

  it("is said of its version by whatever makes that active, now, later or for a few", () => {
    given(...both)
      .when(publish(2))
      .warns(...about("version"));
    given(...both)
      .when(schedule(day(1), null, { version: 2 }))
      .warns(...about("version"));
    given(...both, testUsers)
      .when(preview(2))
      .warns(...about("version"));
    given(...both, config.scheduled("s1", { version: 2 }))
      .when(reschedule)
      .warns(...about(""));
    given(...both, config.published(2, { environment: "staging" }))
      .when(promote)
      .warns(...about("configIds.0.version"));
  });

  it("is not said of another version", () => {
    given(...both)
      .when(publish(1))
      .warns();
    given(...both)
      .when(schedule(day(1)))
      .warns();
    given(...both, testUsers)
      .when(preview(1))
      .warns();
    given(...both, config.scheduled("s1"))
      .when(reschedule)
      .warns();
    given(...both, config.published(1, { environment: "staging" }))
      .when(promote)
      .warns();
  });

  it("is said when it is in use again", () => {
    const restore: AppCommand = { type: "RestoreConfig", data: { id: CONFIG } };
    given(...oddConfig, config.archivedConfig())
      .when(restore)
      .warns(...about("configId"));
  });

  it("is said of flags in the same way", () => {
    const create = (rules: readonly object[]) =>
      ({ type: "CreateFlag", data: { name: "New checkout", key: "new_checkout", rules } }) as AppCommand;
    given(...app)
      .when(create([]))
      .warns("KEY_UNSET key");
    given(...app)
      .when(create([{}, { segmentId: EMPTY }]))
      .warns("MATCHES_NOBODY rules.1.segmentId", "RULE_UNREACHABLE rules.1");
    given(...app)
      .when(create([{ percentage: 10 }, {}]))
      .warns();
  });

  it("is not said beside a refusal", () => {
    given(...both, config.archivedConfig())
      .when(publish(2))
      .warns("refused: ARCHIVED");
  });
});

describe("that nothing changes", () => {
  const active = [...app, config.created(), config.published(1)];

  it("is said of a version that is active there already, and not where it is not", () => {
    given(...active)
      .when(publish(1))
      .warns("NOTHING_CHANGES version");
    given(...active)
      .when(publish(1, "staging"))
      .warns();
    given(...active, config.published(1, { environment: "staging" }))
      .when(promote)
      .warns("NOTHING_CHANGES configIds.0.version");
  });

  it("is not said of a publication that calls something off", () => {
    given(...active, config.edited(2), config.scheduled("s1", { version: 2 }))
      .when(publish(1))
      .warns();
  });

  it("is said of a schedule, unless another one may come before", () => {
    given(...active)
      .when(schedule(day(2)))
      .warns("NOTHING_CHANGES version");
    given(...active, config.edited(2), config.scheduled("s1", { version: 2 }))
      .when(schedule(day(2)))
      .warns();
    given(...active, config.scheduled("s1", { environment: "staging" }))
      .when(schedule(day(2)))
      .warns("NOTHING_CHANGES version");
  });

  it("is said of what is not active, not changed, or put away or back already", () => {
    given(...active)
      .when(config.unpublish("staging"))
      .warns("NOTHING_CHANGES environment");
    given(...active)
      .when(config.unpublish())
      .warns();
    given(...active)
      .when(config.editConfig())
      .warns("NOTHING_CHANGES");
    given(...active)
      .when(config.editConfig({ name: "other" }))
      .warns();
    given(...app, config.created(), config.archivedConfig())
      .when({ type: "ArchiveConfig", data: { id: CONFIG } })
      .warns("NOTHING_CHANGES configId");
    given(...active)
      .when({ type: "RestoreConfig", data: { id: CONFIG } })
      .warns("NOTHING_CHANGES configId");
  });

  it("is said of a kill switch that is as it should be already", () => {
    const flags = [...app, flag.created()];
    const at = { id: flag.FLAG, environment: "production" };
    given(...flags)
      .when({ type: "EnableFlag", data: at })
      .warns("NOTHING_CHANGES environment");
    given(...flags)
      .when({ type: "DisableFlag", data: at })
      .warns();
    given(...flags, flag.disabled())
      .when({ type: "DisableFlag", data: at })
      .warns("NOTHING_CHANGES environment");
  });
});

describe("archiving", () => {
  it("says where users get something else by it", () => {
    const archive: AppCommand = { type: "ArchiveConfig", data: { id: CONFIG } };
    const active = [config.published(1), config.published(1, { environment: "staging" })];
    given(...app, config.created(), ...active)
      .when(archive)
      .warns("STILL_ACTIVE configId", "STILL_ACTIVE configId");
    given(...app, config.created())
      .when(archive)
      .warns();
  });
});

describe("a segment", () => {
  const create = (condition: object) =>
    ({ type: "CreateSegment", data: { name: "new", condition } }) as AppCommand;
  const edit = (data: object) =>
    ({ type: "EditSegment", data: { id: EMPTY, ...data } }) as unknown as AppCommand;

  it("that nobody can belong to is saved with a warning, and any other without", () => {
    given(...app)
      .when(create({ $segment: EMPTY }))
      .warns("MATCHES_NOBODY condition");
    given(...app)
      .when(create({ $notSegment: EMPTY }))
      .warns();
    given(...app)
      .when(edit({ condition: { $segment: config.NY } }))
      .warns();
    given(...app)
      .when(edit({ name: "none" }))
      .warns("MATCHES_NOBODY condition");
    given(...app)
      .when({ type: "CloneSegment", data: { id: EMPTY, name: "another" } })
      .warns("MATCHES_NOBODY condition");
  });

  it("that stays as it is is said to", () => {
    given(...app)
      .when(edit({}))
      .warns("NOTHING_CHANGES");
  });
});

describe("warnings", () => {
  const many = (count: number): Warning[] =>
    Array.from({ length: count }, (_, index) => ({ code: "KEY_UNSET", message: "", path: [`${index}`] }));

  it("are all listed up to 200, and beyond it is said how many there are", () => {
    expect(boundedWarnings(many(WARNINGS_MAX))).toEqual(many(WARNINGS_MAX));
    const bounded = boundedWarnings(many(WARNINGS_MAX + 1));
    expect(bounded).toHaveLength(WARNINGS_MAX);
    expect(bounded.at(-1)).toMatchObject({
      code: "MORE",
      message: expect.stringMatching(/^There are 2 more/),
    });
  });
});
