import fc from "fast-check";
import { contentsOf } from "./definitions";
import { appDecider } from "../../src/apps/app.decider";
import type { Definition } from "../../src/definitions/definition.policy";
import { definitionOf } from "../../src/definitions/define.policy";
import { run, state } from "../configs/shop";
import { histories } from "../history/histories";
import { deciding } from "../support/deciding";

const { given } = deciding(appDecider);
const definition = (events: Parameters<typeof contentsOf>[0]) =>
  definitionOf(state(events), contentsOf(events));
const importing = (of: ReturnType<typeof definition>) =>
  ({ type: "ImportApp", data: { definition: of } }) as const;

/** New things have ids of this app. */
function withoutIds({ configs, flags, ...rest }: Definition) {
  const unnamed = (things: readonly { id: string }[]) => things.map((thing) => ({ ...thing, id: "" }));
  return { ...rest, configs: unnamed(configs), flags: unnamed(flags) };
}

describe("for any app", () => {
  it("importing what was exported changes nothing", () => {
    fc.assert(
      fc.property(histories, (events) => {
        given(...events)
          .when(importing(definition(events)), { commandId: "import" })
          .yieldsNothing();
      }),
      { numRuns: 100 },
    );
  });

  it("importing what another app was makes this one the same, or is refused", () => {
    let accepted = 0;
    fc.assert(
      fc.property(histories, histories, (events, others) => {
        const wanted = definition(others);
        const after = run(events, importing(wanted), { commandId: "import" });
        if (after === events) return;
        accepted += 1;
        expect(withoutIds(definition(after))).toEqual(withoutIds(wanted));
        given(...after)
          .when(importing(definition(after)), { commandId: "again" })
          .yieldsNothing();
      }),
      { numRuns: 100 },
    );
    expect(accepted).toBeGreaterThan(50);
  });
});
