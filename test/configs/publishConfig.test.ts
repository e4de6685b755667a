import { NOTE_LENGTH_MAX } from "../../src/lib/note";
import {
  APP,
  CONFIG,
  MIAMI,
  NY,
  archivedConfig,
  content,
  created,
  createConfig,
  day,
  edited,
  given,
  keyArchived,
  keyEdited,
  publish,
  published,
  rule,
  scheduleCancelled,
  scheduled,
  segmentArchived,
  unpublish,
  unpublished,
} from "./shop";

const twoVersions = [...APP, created(), edited(2)];

describe("publishing a config", () => {
  it("makes the version active, in that environment only", () => {
    given(...twoVersions)
      .when(publish(1))
      .yields(published(1));
    given(...twoVersions, published(1))
      .when(publish(2))
      .yields(published(2, { previousVersion: 1 }));
    given(...twoVersions, published(1))
      .when(publish(2, "staging"))
      .yields(published(2, { environment: "staging" }));
  });

  it("takes an older version again: a revert", () => {
    const past = [...twoVersions, published(1), published(2, { previousVersion: 1 })];
    given(...past)
      .when(publish(1))
      .yields(published(1, { previousVersion: 2 }));
  });

  it("does nothing for what is active already", () => {
    given(...twoVersions, published(2))
      .when(publish(2))
      .yieldsNothing();
  });

  it.each([0, 3, -1, 1.5, 2 ** 31])("refuses version %d, which there is not", (version) => {
    given(...twoVersions)
      .when(publish(version))
      .isRefusedWith({ code: "NOT_FOUND", path: ["version"] });
  });

  it("refuses an unknown config, environment and an archived config", () => {
    given(...APP)
      .when(publish(1))
      .isRefusedWith({ code: "NOT_FOUND", path: ["configId"] });
    given(...twoVersions)
      .when(publish(1, "moon"))
      .isRefusedWith({ code: "NOT_FOUND", path: ["environment"] });
    given(...twoVersions, archivedConfig())
      .when(publish(1))
      .isRefusedWith({ code: "ARCHIVED", path: ["configId"] });
  });

  it("bounds its note", () => {
    const noted = (length: number) =>
      given(...twoVersions).when({
        type: "PublishConfig",
        data: { id: CONFIG, version: 1, environment: "production", note: "x".repeat(length) },
      });
    expect(noted(NOTE_LENGTH_MAX).decision.outcome).toBe("accepted");
    noted(NOTE_LENGTH_MAX + 1).isRefusedWith({ code: "INVALID", path: ["note"] });
  });

  it("lists every reason why an old version cannot be published any more", () => {
    const old = content(
      [
        rule("r1", { segmentId: NY }),
        rule("r2", { segmentId: MIAMI, values: [{ key: "title", value: "long" }] }),
        rule("r3", { values: [{ key: "price", value: 1 }] }),
      ],
      ["dark_mode", "title", "price"],
    );
    const shorter = { valueSchema: { type: "string", maxLength: 2 } };
    const titleEdited = keyEdited("title", shorter);
    const other = created({ id: "config_shop_b", name: "other", content: content([], ["price"]) });
    const past = [...APP, created({ content: old }), edited(2, { content: content([], ["title"]) })];
    given(...past, keyArchived("dark_mode"), segmentArchived(NY), titleEdited, other)
      .when(publish(1))
      .isRefusedWith(
        { code: "ARCHIVED", path: ["version"], message: expect.stringContaining(`"dark_mode"`) },
        {
          code: "IN_USE",
          path: ["version"],
          usedBy: [{ kind: "Config", id: "config_shop_b", name: "other" }],
        },
        { code: "ARCHIVED", path: ["version"], message: expect.stringContaining(`Rule 1: segment "ny"`) },
        {
          code: "INVALID",
          path: ["version"],
          message: expect.stringContaining(`Rule 2: the value of "title"`),
        },
      );
  });
});

describe("unpublishing a config", () => {
  it("takes it out of the environment", () => {
    given(...twoVersions, published(2))
      .when(unpublish())
      .yields(unpublished(2));
  });

  it("does nothing where nothing is active", () => {
    given(...twoVersions, published(2))
      .when(unpublish("staging"))
      .yieldsNothing();
  });

  it("refuses an unknown config and environment", () => {
    given(...APP)
      .when(unpublish())
      .isRefusedWith({ code: "NOT_FOUND", path: ["configId"] });
    given(...twoVersions)
      .when(unpublish("moon"))
      .isRefusedWith({ code: "NOT_FOUND", path: ["environment"] });
  });
});

describe("a change by hand while a window runs", () => {
  const running = [
    ...twoVersions,
    published(1),
    scheduled("s1", { version: 2, startsAt: day(1), endsAt: day(2) }),
    published(2, { previousVersion: 1, cause: { kind: "SCHEDULE", scheduleId: "s1", dueAt: day(1) } }),
  ];

  it("cancels its end, also where it publishes what is active already", () => {
    given(...running)
      .when(publish(1))
      .yields(scheduleCancelled("s1"), published(1, { previousVersion: 2 }));
    given(...running)
      .when(publish(2))
      .yields(scheduleCancelled("s1"));
    given(...running)
      .when(unpublish())
      .yields(scheduleCancelled("s1"), unpublished(2));
  });

  it("leaves other environments and windows to come alone", () => {
    const later = scheduled("s2", { startsAt: day(5) });
    given(...running, later)
      .when(publish(1, "staging"))
      .yields(published(1, { environment: "staging" }));
    given(...running, later)
      .when(publish(1), { at: day(1) })
      .yields(scheduleCancelled("s1"), published(1, { previousVersion: 2 }));
  });

  it("comes after what was due before it, even if that was not done yet", () => {
    const due = [...twoVersions, scheduled("s1", { startsAt: day(1), endsAt: day(3) })];
    given(...due)
      .when(publish(2), { at: day(2) })
      .yields(scheduleCancelled("s1"), published(2));
    given(...due)
      .when(unpublish(), { at: day(1) })
      .yields(scheduleCancelled("s1"));
    given(...due)
      .when(publish(2))
      .yields(published(2));
  });
});

describe("archiving a config", () => {
  const archive = { type: "ArchiveConfig", data: { id: CONFIG, note: "" } } as const;

  it("cancels what is scheduled, unpublishes it everywhere and lets go of its keys", () => {
    const past = [...twoVersions, published(2), published(1, { environment: "staging" }), scheduled("s1")];
    given(...past)
      .when(archive)
      .yields(
        scheduleCancelled("s1"),
        unpublished(2, { cause: { kind: "ARCHIVED" } }),
        unpublished(1, { environment: "staging", cause: { kind: "ARCHIVED" } }),
        archivedConfig(),
      );
    const { decision } = given(...twoVersions, archivedConfig()).when(createConfig());
    expect(decision.outcome).toBe("accepted");
  });

  it("does nothing the second time, and refuses an unknown one", () => {
    given(...twoVersions, archivedConfig())
      .when(archive)
      .yieldsNothing();
    given(...APP)
      .when(archive)
      .isRefusedWith({ code: "NOT_FOUND", path: ["configId"] });
  });
});

describe("restoring a config", () => {
  const restore = { type: "RestoreConfig", data: { id: CONFIG, note: "" } } as const;
  const put = [...twoVersions, archivedConfig()];

  it("takes it back unpublished", () => {
    given(...put)
      .when(restore)
      .yields({ type: "ConfigRestored", data: { id: CONFIG, note: "" } });
    given(...twoVersions)
      .when(restore)
      .yieldsNothing();
    given(...APP)
      .when(restore)
      .isRefusedWith({ code: "NOT_FOUND", path: ["configId"] });
  });

  it("is refused with every reason: its name, keys and segments are gone", () => {
    const past = [...APP, created({ content: content([rule("r1", { segmentId: NY })]) }), archivedConfig()];
    const other = created({ id: "config_shop_b" });
    given(...past, other, segmentArchived(NY))
      .when(restore)
      .isRefusedWith(
        { code: "TAKEN", path: ["configId"] },
        { code: "IN_USE", path: ["configId"], usedBy: [{ id: "config_shop_b" }] },
        { code: "ARCHIVED", path: ["configId"], message: expect.stringContaining(`"ny"`) },
      );
  });
});
