import { format } from "node:util";
import { expect } from "expect";
import fc from "fast-check";

// Mutations are tried by mocha, in one process, since it loads what is tested once and not for each of thousands. Here is what
// the tests of decisions use of jest beyond that. None of them needs a database.

type Test = (...row: unknown[]) => unknown;
type It = (title: string, test: () => unknown) => void;

/** The same random cases for each mutation, so that two runs find the same. */
const SEED = 42;

/** As in jest: one test for each row, which is given as arguments if all rows are lists. */
function withEach(it: It): It & { each: unknown } {
  const each = (rows: readonly unknown[]) => (title: string, test: Test) => {
    const areLists = rows.every(Array.isArray);
    rows.forEach((row, index) => {
      const given = areLists ? (row as unknown[]) : [row];
      it(`${format(title, ...given)} (${index})`, () => test(...given));
    });
  };
  return Object.assign(it, { each });
}

/** What is being tried; before the first mutation, nothing is. */
type Trying = { __stryker__?: { activeMutant?: string } };

export const mochaHooks = {
  /** Schemas that were compiled before a mutation must not stand in for what it breaks, so others take their places. */
  async beforeAll(): Promise<void> {
    if ((globalThis as Trying).__stryker__?.activeMutant === undefined) return;
    // Not at the top: what is loaded before a mutation is in place shows nothing of those that act while it is loaded.
    const { COMPILED_SCHEMAS_MAX, valueSchemaFault } = await import("../../src/keys/valueSchema.policy.js");
    for (let schema = 0; schema <= COMPILED_SCHEMAS_MAX; schema += 1) {
      try {
        valueSchemaFault(schema, null);
      } catch {
        // That is for the tests to find.
      }
    }
  },
};

fc.configureGlobal({ seed: SEED });
// Mocha puts its own in place for each file, later than this is loaded.
let own: It;
Object.defineProperty(globalThis, "it", {
  get: () => own,
  set: (it: It) => void (own = withEach(it)),
  configurable: true,
});
Object.assign(globalThis, { expect });
