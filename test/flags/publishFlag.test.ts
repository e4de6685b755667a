import {
  content as configContent,
  created as configCreated,
  day,
  given,
  keyArchived,
  published as configPublished,
  scheduled as configScheduled,
  state,
} from "../configs/shop";
import {
  APP,
  FLAG,
  archived,
  content,
  created,
  disabled,
  edited,
  published,
  publishFlag,
  rule,
  scheduled,
} from "./flags";

// That flags are released as configs are, by the same code: the rest of it is told of configs.

const twoVersions = [...APP, created(), edited(2)];

describe("publishing a flag", () => {
  it("makes any version the active one of an environment; an older one is a revert", () => {
    given(...twoVersions, published(2))
      .when(publishFlag(1))
      .yields(published(1, { previousVersion: 2 }));
    given(...twoVersions, published(2))
      .when(publishFlag(2, "staging"))
      .yields(published(2, { environment: "staging" }));
  });

  it("is refused while its key is a config's", () => {
    const moved = [...APP, created(), edited(2, { content: content([rule("r1")], "beta") })];
    given(...moved, configCreated({ content: configContent([], ["new_checkout"]) }))
      .when(publishFlag(1))
      .isRefusedWith({ code: "IN_USE", path: ["version"], usedBy: [{ kind: "Config", name: "dark mode" }] });
    given(...moved, keyArchived("new_checkout"))
      .when(publishFlag(1))
      .isRefusedWith({ code: "ARCHIVED", path: ["version"] });
  });
});

describe("a scheduled publication", () => {
  const both = [...APP, configCreated(), configScheduled("schedule_c"), created(), scheduled("schedule_f")];
  const dueAt = day(1);

  it("is of a flag or of a config, which its id tells", () => {
    given(...both)
      .when({ type: "StartScheduledPublication", data: { scheduleId: "schedule_f", dueAt } })
      .yields(published(1, { cause: { kind: "SCHEDULE", scheduleId: "schedule_f", dueAt } }));
    given(...both)
      .when({ type: "StartScheduledPublication", data: { scheduleId: "schedule_c", dueAt } })
      .yields(configPublished(1, { cause: { kind: "SCHEDULE", scheduleId: "schedule_c", dueAt } }));
  });

  it("of a flag is cancelled, moved, and not found, as that of a config", () => {
    given(...both)
      .when({ type: "CancelScheduledPublication", data: { scheduleId: "schedule_f", note: "no" } })
      .yields({ type: "FlagScheduleCancelled", data: { id: FLAG, scheduleId: "schedule_f", note: "no" } });
    given(...both)
      .when({ type: "RescheduleScheduledPublication", data: { scheduleId: "schedule_f", startsAt: day(2) } })
      .yields({
        type: "FlagRescheduled",
        data: { id: FLAG, scheduleId: "schedule_f", startsAt: day(2), endsAt: null, note: "" },
      });
    given(...both)
      .when({ type: "CancelScheduledPublication", data: { scheduleId: "schedule_x" } })
      .isRefused("NOT_FOUND");
  });

  it("of a disabled flag comes about, and leaves it disabled", () => {
    const past = [...both, disabled()];
    given(...past)
      .when({ type: "StartScheduledPublication", data: { scheduleId: "schedule_f", dueAt } })
      .yields(published(1, { cause: { kind: "SCHEDULE", scheduleId: "schedule_f", dueAt } }));
    expect(
      state([...past, published(1)])
        .disabledFlags.get(FLAG)
        ?.has("production"),
    ).toBe(true);
  });
});

describe("archiving and restoring a flag", () => {
  it("unpublishes it everywhere and lets go of its key; restoring takes it back", () => {
    given(...twoVersions, published(1), scheduled("schedule_f"))
      .when({ type: "ArchiveFlag", data: { id: FLAG } })
      .yields(
        { type: "FlagScheduleCancelled", data: { id: FLAG, scheduleId: "schedule_f", note: "" } },
        {
          type: "FlagUnpublished",
          data: {
            id: FLAG,
            previousVersion: 1,
            environment: "production",
            cause: { kind: "ARCHIVED" },
            note: "",
          },
        },
        archived(),
      );
    given(...twoVersions, archived())
      .when({ type: "RestoreFlag", data: { id: FLAG } })
      .yields({ type: "FlagRestored", data: { id: FLAG, note: "" } });
  });

  it("is refused to restore while a config or another flag has the key", () => {
    const put = [...APP, created(), archived()];
    given(...put, configCreated({ content: configContent([], ["new_checkout"]) }))
      .when({ type: "RestoreFlag", data: { id: FLAG } })
      .isRefusedWith({ code: "IN_USE", path: ["flagId"], usedBy: [{ kind: "Config", name: "dark mode" }] });
    given(...put, created({ id: "flag_shop_b", name: "B" }))
      .when({ type: "RestoreFlag", data: { id: FLAG } })
      .isRefusedWith({ code: "IN_USE", path: ["flagId"], usedBy: [{ kind: "Flag", name: "B" }] });
  });
});

describe("an environment", () => {
  const archive = { type: "ArchiveEnvironment", data: { name: "production" } } as const;

  it("is not archived while a flag is published or scheduled there, and says which", () => {
    const inUse = { code: "IN_USE", usedBy: [{ kind: "Flag", id: FLAG, name: "New checkout" }] };
    given(...twoVersions, published(1))
      .when(archive)
      .isRefusedWith(inUse);
    given(...twoVersions, scheduled("schedule_f"))
      .when(archive)
      .isRefusedWith(inUse);
  });

  it("is archived although a flag is disabled there", () => {
    expect(given(...twoVersions, disabled()).when(archive).decision.outcome).toBe("accepted");
  });
});

describe("an app", () => {
  it("is not archived while a flag is published", () => {
    given(...twoVersions, published(1))
      .when({ type: "ArchiveApp", data: {} })
      .isRefusedWith({ code: "IN_USE", usedBy: [{ kind: "Flag", id: FLAG }] });
  });
});
