import { readFileSync } from "node:fs";
import { join } from "node:path";
import { OPERATIONS } from "../../src/access/operations";
import { rolesDocument } from "../../src/access/rolesDocument";

describe("docs/roles.md", () => {
  it("is what the code says; print it anew with `npm run roles:print`", () => {
    expect(readFileSync(join(__dirname, "../../docs/roles.md"), "utf8")).toBe(rolesDocument());
  });

  it("names every operation", () => {
    const names = Object.values(OPERATIONS).flatMap((operations) => Object.keys(operations));
    expect(names.filter((name) => !rolesDocument().includes(`| \`${name}\` `))).toEqual([]);
  });
});
