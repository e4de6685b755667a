// cspell:ignore shöp
import { APP_NAME_LENGTH_MAX, appFaults, RESERVED_SLUGS, SLUG_LENGTH_MAX } from "../../src/apps/app.policy";
import { NOTE_LENGTH_MAX } from "../../src/lib/note";

const fieldsAtFault = (slug: string, name = "Shop"): string[] =>
  appFaults({ slug, name }).map(({ code, path }) => `${code} ${path.join(".")}`);

describe("a slug", () => {
  it.each(["ab", "shop", "my-shop", "shop2", "a1-b2-c3", "a".repeat(SLUG_LENGTH_MAX)])(
    "may be %s",
    (slug) => {
      expect(appFaults({ slug, name: "Shop" })).toEqual([]);
    },
  );

  it.each([
    ...["", "a", "a".repeat(SLUG_LENGTH_MAX + 1), "Shop", "1shop", "-shop", "shop-", "my--shop", "my shop"],
    ...["my_shop", "shöp", "shop\n", "__proto__", "constructor", "\ud83d\ud83d"],
  ])("must not be %j", (slug) => expect(fieldsAtFault(slug)).toEqual(["INVALID slug"]));

  it.each(RESERVED_SLUGS)("must not be the reserved word %s", (slug) => {
    expect(appFaults({ slug, name: "Shop" })[0]?.message).toContain("reserved");
  });
});

describe("an app's name", () => {
  it("has from 1 to the most characters allowed", () => {
    expect(fieldsAtFault("shop", "S")).toEqual([]);
    expect(fieldsAtFault("shop", "x".repeat(APP_NAME_LENGTH_MAX))).toEqual([]);
    expect(fieldsAtFault("shop", "")).toEqual(["INVALID name"]);
    expect(fieldsAtFault("shop", "x".repeat(APP_NAME_LENGTH_MAX + 1))).toEqual(["INVALID name"]);
  });

  it.each([" ", "\t\n", "a\0b", "\udc00"])("must not be %j", (name) => {
    expect(fieldsAtFault("shop", name)).toEqual(["INVALID name"]);
  });

  it("is told together with what is wrong about the slug", () => {
    expect(fieldsAtFault("S", "")).toEqual(["INVALID slug", "INVALID name"]);
  });
});

describe("the note of a new app", () => {
  it("is bounded as all notes are", () => {
    const faults = (note: string) => appFaults({ slug: "shop", name: "Shop", note });
    expect(faults("x".repeat(NOTE_LENGTH_MAX))).toEqual([]);
    expect(faults("x".repeat(NOTE_LENGTH_MAX + 1))).toMatchObject([{ code: "INVALID", path: ["note"] }]);
    expect(faults("\u0007")).toMatchObject([{ code: "INVALID", path: ["note"] }]);
  });
});
