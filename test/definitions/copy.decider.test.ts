import { DEFINITION, definitionAfter } from "./shopEvents";
import { segment, withSegments } from "./importing";
import type { AppCommand } from "../../src/apps/app.decider";
import type { Definition } from "../../src/definitions/definition.policy";
import { given, run } from "../configs/shop";

const creating = (changes: Partial<Definition> = {}, data: object = {}): AppCommand => ({
  type: "CreateApp",
  data: { slug: "copy", name: "Copy", definition: { ...DEFINITION, ...changes }, ...data },
});
/** The events that create an app with nothing in it. */
const [created, production] = run([], { type: "CreateApp", data: { slug: "copy", name: "Copy" } });

describe("an app that begins with a definition", () => {
  it("is what the definition says, at once", () => {
    const after = run([], creating({}, { note: "why" }));
    expect(after.slice(0, 2).map(({ type }) => type)).toEqual(["AppCreated", "EnvironmentCreated"]);
    const nameless = (definition: Definition) =>
      JSON.parse(JSON.stringify(definition).replace(/"\w+_shop_\w+"/g, '""')) as object;
    const expected = nameless(DEFINITION);
    expect(nameless(definitionAfter(after))).toEqual(expected);
    expect(after.every(({ data }) => !("note" in data) || data.note === "why")).toBe(true);
  });

  it("is made with nothing in it if no definition is given", () => {
    expect([created?.type, production?.type]).toEqual(["AppCreated", "EnvironmentCreated"]);
    given()
      .when({ type: "CreateApp", data: { slug: "copy", name: "Copy" } })
      .yields(...(created && production ? [created, production] : []));
  });

  it("is refused as a whole, with every reason at its place", () => {
    given()
      .when(creating(withSegments(segment("x", "X", { $segment: "nowhere" }))))
      .isRefusedWith({ code: "NOT_FOUND", path: ["definition", "segments", "2", "condition"] });
    given()
      .when(creating({ keys: DEFINITION.keys.slice(1) }))
      .isRefusedWith({ code: "NOT_FOUND", path: ["definition", "flags", "0", "key"] });
  });

  it("is not filled a second time", () => {
    const past = run([], creating());
    given(...past)
      .when(creating({ keys: [] }))
      .yieldsNothing();
  });
});
