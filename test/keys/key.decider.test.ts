import fc from "fast-check";
import { appDecider, type AppCommand } from "../../src/apps/app.decider";
import type { AnyAppEvent } from "../../src/apps/app.state";
import { KEYS_PER_APP_MAX, type KeyCommand } from "../../src/keys/key.decider";
import { KEY_DESCRIPTION_LENGTH_MAX } from "../../src/keys/keyForm.policy";
import type { Json } from "../../src/lib/json";
import { NOTE_LENGTH_MAX } from "../../src/lib/note";
import { ALL_RIGHTS, deciding } from "../support/deciding";

const { given, run, state } = deciding<ReturnType<typeof appDecider.initialState>, AppCommand, AnyAppEvent>(
  appDecider,
);
const app: AnyAppEvent = { type: "AppCreated", data: { slug: "shop", name: "Shop", note: "" } };

const production: AnyAppEvent = {
  type: "EnvironmentCreated",
  data: { name: "production", description: "", note: "" },
};

const content = { defaultValue: 3, description: "", valueSchema: null, isVisibleToClients: true, note: "" };
const darkMode = { name: "dark_mode", type: "INTEGER" as const, defaultValue: 3 };
const created = (name: string, more: { valueSchema?: Json } = {}): AnyAppEvent => ({
  type: "KeyCreated",
  data: { name, type: "INTEGER", ...content, ...more },
});
const archived = (name: string): AnyAppEvent => ({ type: "KeyArchived", data: { name, note: "" } });
const create = (data: object = {}): KeyCommand => ({ type: "CreateKey", data: { ...darkMode, ...data } });
const edit = (data: object): KeyCommand => ({ type: "EditKey", data: { name: "dark_mode", ...data } });
const archive: KeyCommand = { type: "ArchiveKey", data: { name: "dark_mode" } };
const restore: KeyCommand = { type: "RestoreKey", data: { name: "dark_mode" } };

/** Version n of config "dark mode", whose rules give these values to the key. */
const config = (version: number, ...values: number[]): AnyAppEvent => ({
  type: version === 1 ? "ConfigCreated" : "ConfigEdited",
  data: {
    id: "config_shop_1",
    name: "dark mode",
    description: "",
    version: version as 1,
    note: "",
    references: { keys: ["dark_mode"], segments: [] },
    content: {
      keys: ["dark_mode"],
      rules: values.map((value, index) => ({
        id: `rule_${index}`,
        seed: "s",
        segmentId: null,
        percentage: 100,
        bucketBy: null,
        bucketByFallback: null,
        values: [{ key: "dark_mode", value }],
      })),
    },
  },
});
const published = (version: number, previousVersion: number | null = null): AnyAppEvent => ({
  type: "ConfigPublished",
  data: {
    id: "config_shop_1",
    version,
    previousVersion,
    environment: "production",
    cause: { kind: "BY_HAND" },
    note: "",
  },
});
const configReference = { kind: "Config", id: "config_shop_1", name: "dark mode" };

describe("creating a key", () => {
  it("records it, with what was left out", () =>
    given(app)
      .when(create())
      .yields({ type: "KeyCreated", data: { ...darkMode, ...content } }));

  it("stores a FLOAT in single precision", () =>
    given(app)
      .when(create({ type: "FLOAT", defaultValue: 0.1 }))
      .yields({
        type: "KeyCreated",
        data: { ...darkMode, ...content, type: "FLOAT", defaultValue: Math.fround(0.1) },
      }));

  it.each(["a", "_", "A.b-c_9", "x".repeat(120), "toString", "__proto"])("accepts the name %j", (name) =>
    given(app)
      .when(create({ name }))
      .yields({ type: "KeyCreated", data: { ...darkMode, ...content, name } }),
  );

  it.each(["", "dark mode", "9lives", ".a", "-a", "x".repeat(121), "__proto__", "constructor", "prototype"])(
    "refuses the name %j",
    (name) =>
      given(app)
        .when(create({ name }))
        .isRefusedWith({ code: "INVALID", path: ["name"] }),
  );
  it.each(["a\n", "é", "a\ud800", "a\0", "a/b", "$a"])("refuses the name %j too", (name) =>
    given(app)
      .when(create({ name }))
      .isRefusedWith({ code: "INVALID", path: ["name"] }),
  );

  it("refuses a taken name, also of an archived key", () => {
    given(app, created("dark_mode")).when(create()).isRefused("TAKEN");
    given(app, created("dark_mode"), archived("dark_mode")).when(create()).isRefused("TAKEN");
  });

  it("refuses an unknown type", () =>
    given(app)
      .when(create({ type: "DATE" }))
      .isRefusedWith({ code: "INVALID", path: ["type"] }));

  it("refuses a default value of another type", () =>
    given(app)
      .when(create({ defaultValue: "3" }))
      .isRefusedWith({ code: "INVALID", path: ["defaultValue"] }));

  it("refuses a default value that its schema does not allow", () =>
    given(app)
      .when(create({ valueSchema: { minimum: 4 } }))
      .isRefusedWith({ code: "INVALID", path: ["defaultValue"] }));

  it("refuses a schema that is none, with the path to the fault", () =>
    given(app)
      .when(create({ valueSchema: { items: { type: "words" } } }))
      .isRefusedWith({ code: "INVALID", path: ["valueSchema", "items", "type"] }));

  it("has a description of at most 1,000 characters", () => {
    const description = "x".repeat(KEY_DESCRIPTION_LENGTH_MAX);
    given(app)
      .when(create({ description }))
      .yields({ type: "KeyCreated", data: { ...darkMode, ...content, description } });
    for (const bad of [`${description}x`, "a\0", "\udfff"]) {
      given(app)
        .when(create({ description: bad }))
        .isRefusedWith({ code: "INVALID", path: ["description"] });
    }
  });

  it("says everything that is wrong at once", () =>
    given(app)
      .when(create({ name: "", description: "\0", defaultValue: null, valueSchema: 5 }))
      .isRefusedWith(
        { path: ["name"] },
        { path: ["description"] },
        { path: ["valueSchema"] },
        { path: ["defaultValue"] },
      ));

  it("refuses the 501st that is not archived", () => {
    const others = Array.from({ length: KEYS_PER_APP_MAX }, (_, index) => created(`key_${index}`));
    given(app, ...others.slice(1))
      .when(create())
      .yields({ type: "KeyCreated", data: { ...darkMode, ...content } });
    given(app, ...others)
      .when(create())
      .isRefused("LIMIT_REACHED");
    given(app, ...others, archived("key_0"))
      .when(create())
      .yields({ type: "KeyCreated", data: { ...darkMode, ...content } });
  });
});

describe("editing a key", () => {
  it("records the whole content", () =>
    given(app, created("dark_mode"))
      .when(edit({ description: "new" }))
      .yields({ type: "KeyEdited", data: { name: "dark_mode", ...content, description: "new" } }));

  it("says nothing if nothing changes", () => {
    given(app, created("dark_mode")).when(edit({})).yieldsNothing();
    given(app, created("dark_mode"))
      .when(edit({ ...content, defaultValue: 3 }))
      .yieldsNothing();
  });

  it("takes a schema away by null", () =>
    given(app, created("dark_mode", { valueSchema: { minimum: 1 } }))
      .when(edit({ valueSchema: null }))
      .yields({ type: "KeyEdited", data: { name: "dark_mode", ...content } }));

  it("checks the default value against the type", () => {
    for (const defaultValue of [null, 2 ** 53, "4", NaN]) {
      given(app, created("dark_mode"))
        .when(edit({ defaultValue }))
        .isRefusedWith({ code: "INVALID", path: ["defaultValue"] });
    }
  });

  it("refuses unknown and archived keys", () => {
    given(app).when(edit({})).isRefused("NOT_FOUND");
    given(app, created("dark_mode"), archived("dark_mode"))
      .when(edit({ description: "x" }))
      .isRefused("ARCHIVED");
  });

  it("refuses a default value for a published key without the right to publish", () => {
    const rights = new Set(["READ", "EDIT"]);
    const past = [app, production, created("dark_mode"), config(1, 4), published(1)];
    given(...past)
      .when(edit({ defaultValue: 4 }), { rights })
      .isRefused("FORBIDDEN");
    given(...past)
      .when(edit({ isVisibleToClients: false }), { rights })
      .isRefused("FORBIDDEN");
    given(...past)
      .when(edit({ description: "x" }), { rights })
      .yields({
        type: "KeyEdited",
        data: { name: "dark_mode", ...content, description: "x" },
      });
    given(...past)
      .when(edit({ defaultValue: 4 }), { rights: ALL_RIGHTS })
      .yields({
        type: "KeyEdited",
        data: { name: "dark_mode", ...content, defaultValue: 4 },
      });
  });

  it("does not want that right for a key that nothing published uses", () =>
    given(app, created("dark_mode"), config(1, 4))
      .when(edit({ defaultValue: 4 }), { rights: new Set(["EDIT"]) })
      .yields({ type: "KeyEdited", data: { name: "dark_mode", ...content, defaultValue: 4 } }));
});

describe("editing a key's schema", () => {
  const narrow = edit({ valueSchema: { maximum: 4 } });

  it("refuses one that the default value does not fit", () =>
    given(app, created("dark_mode"))
      .when(edit({ valueSchema: { maximum: 2 } }))
      .isRefusedWith({ code: "INVALID", path: ["defaultValue"] }));

  it("refuses one that values in use do not fit, and lists each place", () => {
    const { decision } = given(app, created("dark_mode"), config(1, 5), published(1), config(2, 4, 6)).when(
      narrow,
    );
    expect(decision).toEqual({
      outcome: "refused",
      reasons: [
        {
          code: "IN_USE",
          path: ["valueSchema"],
          usedBy: [configReference],
          message:
            "Values in use do not fit the new schema: " +
            `rule 1 of version 1 of "dark mode" (the value does not fit the key's schema: it must be <= 4); ` +
            `rule 2 of version 2 of "dark mode" (the value does not fit the key's schema: it must be <= 4). ` +
            "Change them first, or the schema.",
        },
      ],
    });
  });

  it("does not mind values of versions that are not in use any more", () =>
    given(app, created("dark_mode"), config(1, 5), config(2, 4))
      .when(narrow)
      .yields({ type: "KeyEdited", data: { name: "dark_mode", ...content, valueSchema: { maximum: 4 } } }));

  it("does not mind values of archived configs", () =>
    given(app, created("dark_mode"), config(1, 5), {
      type: "ConfigArchived",
      data: { id: "config_shop_1", note: "" },
    })
      .when(narrow)
      .yields({ type: "KeyEdited", data: { name: "dark_mode", ...content, valueSchema: { maximum: 4 } } }));

  it("reads versions only if the schema is another one", () => {
    const past = [app, created("dark_mode", { valueSchema: { maximum: 9 } }), config(1, 4)];
    const needs = (command: KeyCommand) => appDecider.needs?.(command, state(past));
    expect(needs(edit({ valueSchema: { maximum: 8 } }))).toEqual([{ revision: 2 }]);
    expect(needs(edit({ valueSchema: { maximum: 9 } }))).toEqual([]);
    expect(needs(edit({ valueSchema: null, defaultValue: 1 }))).toEqual([]);
    expect(needs(archive)).toEqual([]);
  });
});

describe("archiving a key", () => {
  it("records it once", () => {
    given(app, created("dark_mode"))
      .when(archive)
      .yields({ type: "KeyArchived", data: { name: "dark_mode", note: "" } });
    given(app, created("dark_mode"), archived("dark_mode")).when(archive).yieldsNothing();
  });

  it("refuses an unknown one", () =>
    given(app)
      .when(archive)
      .isRefusedWith({ code: "NOT_FOUND", path: ["name"] }));

  it("refuses while something uses it, with the list", () =>
    given(app, created("dark_mode"), config(1, 4))
      .when(archive)
      .isRefusedWith({ code: "IN_USE", path: ["name"], usedBy: [configReference] }));
});

describe("restoring a key", () => {
  it("records it once", () => {
    given(app, created("dark_mode"), archived("dark_mode"))
      .when(restore)
      .yields({ type: "KeyRestored", data: { name: "dark_mode", note: "" } });
    given(app, created("dark_mode")).when(restore).yieldsNothing();
  });

  it("keeps to the limit", () => {
    const others = Array.from({ length: KEYS_PER_APP_MAX }, (_, index) => created(`key_${index}`));
    const past = [app, created("dark_mode"), archived("dark_mode")];
    given(...past, ...others)
      .when(restore)
      .isRefused("LIMIT_REACHED");
    given(...past, ...others.slice(1))
      .when(restore)
      .yields({ type: "KeyRestored", data: { name: "dark_mode", note: "" } });
  });
});

describe("a note beside a change of a key", () => {
  const note = "x".repeat(NOTE_LENGTH_MAX);
  const changes: readonly (readonly [string, readonly AnyAppEvent[], KeyCommand])[] = [
    ["creating", [], create()],
    ["editing", [created("dark_mode")], edit({ defaultValue: 4 })],
    ["archiving", [created("dark_mode")], archive],
    ["restoring", [created("dark_mode"), archived("dark_mode")], restore],
  ];
  // The spread keeps the command's type and its other data.
  const noted = (command: KeyCommand, why: string) =>
    ({ ...command, data: { ...command.data, note: why } }) as KeyCommand;

  it.each(changes)("is recorded: %s", (_title, past, command) =>
    expect(given(app, ...past).when(noted(command, note)).decision).toMatchObject({
      outcome: "accepted",
      events: [{ data: { note } }],
    }),
  );

  it.each(changes)("is bounded: %s", (_title, past, command) =>
    given(app, ...past)
      .when(noted(command, `${note}x`))
      .isRefusedWith({ code: "INVALID", path: ["note"] }),
  );

  it("alone is no change", () =>
    given(app, created("dark_mode"))
      .when(edit({ note: "why" }))
      .yieldsNothing());

  it("is not part of the state", () =>
    expect(state([app, created("dark_mode")]).keys.get("dark_mode")).not.toHaveProperty("note"));
});

describe("any command about keys", () => {
  const name = fc.constantFrom("a", "b", "__proto__", "");
  const value = fc.constantFrom<Json[]>(1, 2, 3, "x", 0.1, null);
  const valueSchema = fc.constantFrom<(Json | undefined)[]>(undefined, null, {}, { maximum: 2 }, 5);
  const command: fc.Arbitrary<KeyCommand> = fc.oneof(
    fc
      .record({
        name,
        type: fc.constantFrom("INTEGER" as const, "FLOAT" as const),
        defaultValue: value,
        valueSchema,
      })
      .map((data) => ({ type: "CreateKey" as const, data })),
    fc.record({ name, defaultValue: value, valueSchema }).map((data) => ({ type: "EditKey" as const, data })),
    name.map((of) => ({ type: "ArchiveKey" as const, data: { name: of } })),
    name.map((of) => ({ type: "RestoreKey" as const, data: { name: of } })),
  );

  it("appends nothing when repeated", () =>
    fc.assert(
      fc.property(fc.array(command, { maxLength: 15 }), command, (history, last) => {
        const once = run(
          history.reduce<readonly AnyAppEvent[]>((past, next) => run(past, next), [app]),
          last,
        );
        expect(run(once, last)).toEqual(once);
      }),
    ));
});
