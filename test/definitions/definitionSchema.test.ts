import Ajv from "ajv";
import fc from "fast-check";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { contentsOf } from "./definitions";
import { definitionOf } from "../../src/definitions/define.policy";
import { definitionSchema } from "../../src/definitions/definitionSchema.policy";
import { state } from "../configs/shop";
import { histories } from "../history/histories";

// From the project, since mutations are tried from a folder of compiled tests.
const PUBLISHED = join(process.cwd(), "docs/app.schema.json");
const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(definitionSchema());

describe("the published JSON Schema of definitions", () => {
  it("is what the code says (WRITE_DOCS=1 writes it anew)", () => {
    const expected = `${JSON.stringify(definitionSchema(), null, 2)}\n`;
    if (process.env["WRITE_DOCS"]) writeFileSync(PUBLISHED, expected);
    expect(JSON.parse(readFileSync(PUBLISHED, "utf8"))).toEqual(JSON.parse(expected));
  });

  it("accepts the definition of any app", () => {
    fc.assert(
      fc.property(histories, (events) => {
        validate(definitionOf(state(events), contentsOf(events)));
        expect(validate.errors).toBeNull();
      }),
      { numRuns: 100 },
    );
  });
});
