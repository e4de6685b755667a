import fc from "fast-check";
import { ATTEMPTS_MAX, decideAll, type Part } from "../../src/lib/decideAll";
import { accept, refuse, type Circumstances, type Decision } from "../../src/lib/decider";

// A shelf of named things, each of which may stand on another one.
type Command = Readonly<{ type: "Put"; name: string; on: string | null } | { type: "Take"; name: string }>;
type Shelf = Map<string, string | null>;
type Event = Command & Readonly<{ id?: string }>;

const shelf = {
  evolve(state: Shelf, event: Event): Shelf {
    if (event.type === "Put") return state.set(event.name, event.on);
    state.delete(event.name);
    return state;
  },
  decide(command: Command, state: Shelf, circumstances: Circumstances): Decision<Event> {
    if (command.type === "Put") {
      const { name, on } = command;
      if (state.has(name)) return refuse({ code: "TAKEN", message: `${name} is there`, path: ["name"] });
      if (on !== null && !state.has(on))
        return refuse({ code: "NOT_FOUND", message: `no ${on}`, path: ["on"] });
      return accept({ ...command, id: circumstances.newId("thing") });
    }
    if (!state.has(command.name)) return accept();
    const isUnder = [...state.values()].includes(command.name);
    return isUnder
      ? refuse({ code: "IN_USE", message: "something stands on it", path: [] })
      : accept(command);
  },
};

const circumstances: Circumstances = {
  at: "2026-01-01T00:00:00.000Z",
  actor: "anna",
  may: () => false,
  revision: 0,
  secretHash: null,
  newId: (prefix, ordinal = 0) => `${prefix}_${ordinal}`,
  content: () => undefined,
};
const put = (name: string, on: string | null = null): Command => ({ type: "Put", name, on });
const take = (name: string): Command => ({ type: "Take", name });
const partsOf = (...commands: Command[]): Part<Command>[] =>
  commands.map((command, index) => ({ command, path: [String(index)] }));
const decided = (state: Shelf, ...commands: Command[]) =>
  decideAll(shelf, partsOf(...commands), new Map(state), circumstances);
const names = (decision: Decision<Event>) =>
  decision.outcome === "accepted"
    ? decision.events.map(({ type, name }) => `${type} ${name}`)
    : decision.reasons;

describe("many commands at once", () => {
  it("pass in an order in which each finds what it needs", () => {
    expect(names(decided(new Map(), put("c", "b"), put("b", "a"), put("a")))).toEqual([
      "Put a",
      "Put b",
      "Put c",
    ]);
  });

  it("may use what others let go of", () => {
    const state: Shelf = new Map([
      ["a", null],
      ["b", "a"],
    ]);
    expect(names(decided(state, take("a"), take("b")))).toEqual(["Take b", "Take a"]);
  });

  it("are refused together, with every reason and where it stands, if one cannot pass", () => {
    expect(names(decided(new Map([["b", null]]), put("a"), put("b"), put("c", "nowhere")))).toEqual([
      { code: "TAKEN", message: "b is there", path: ["1", "name"] },
      { code: "NOT_FOUND", message: "no nowhere", path: ["2", "on"] },
    ]);
  });

  it("make ids that no two of them share", () => {
    const decision = decided(new Map(), put("a"), put("b"), put("c"));
    const ids = decision.outcome === "accepted" ? decision.events.map(({ id }) => id) : [];
    expect(new Set(ids).size).toBe(3);
  });

  it("may turn on contents that one of them saves, and on those that were there", () => {
    type Saved = Readonly<{ data: string }>;
    type Read = Readonly<{ read: number | null }>;
    const decide = ({ read }: Read, last: number, { content }: Circumstances): Decision<Saved> =>
      accept({
        data: `after ${read === null ? "nothing" : String(content({ revision: read === 0 ? last : read }))}`,
      });
    const evolve = (_: number, __: Saved, { revision }: { revision: number }): number => revision;
    const parts = [null, 0, 7].map((read) => ({ command: { read }, path: [] }));
    const known = {
      ...circumstances,
      content: ({ revision }: { revision: number }) => `what stands at ${revision}`,
    };
    const decision = decideAll({ decide, evolve }, parts, -1, known);
    expect(decision.outcome === "accepted" && decision.events.map(({ data }) => data)).toEqual([
      "after nothing",
      "after after nothing",
      "after what stands at 7",
    ]);
  });

  it("are tried so often, and not once more", () => {
    // Of n that come in the worst order, each round lets one pass.
    const chain = (n: number) =>
      Array.from({ length: n }, (_, index) =>
        put(`t${index}`, index === 0 ? null : `t${index - 1}`),
      ).reverse();
    const longest = Math.floor((Math.sqrt(8 * ATTEMPTS_MAX + 1) - 1) / 2);
    expect(decided(new Map(), ...chain(longest)).outcome).toBe("accepted");
    expect(decided(new Map(), ...chain(longest + 1)).outcome).toBe("refused");
  });

  it("tell reasons where they stand, or right at the part if its own input was not sent", () => {
    const part = { command: put("a", "nowhere"), path: ["3"] };
    const decision = decideAll(shelf, [part, { ...part, isExact: true }], new Map(), circumstances);
    expect(names(decision)).toMatchObject([{ path: ["3", "on"] }, { path: ["3"] }]);
  });

  it("come to nothing for nothing", () => {
    expect(names(decided(new Map()))).toEqual([]);
  });

  it("pass in whatever order they come if they pass in one order", () => {
    const tree = fc.array(fc.nat(), { minLength: 1, maxLength: 12 }).map((parents) =>
      // Each stands on one before it, so this order passes.
      parents.map((parent, index) => put(`t${index}`, index === 0 ? null : `t${parent % index}`)),
    );
    fc.assert(
      fc.property(
        tree.chain((commands) => fc.shuffledSubarray(commands, { minLength: commands.length })),
        (shuffled) => {
          const decision = decided(new Map(), ...shuffled);
          expect(decision.outcome).toBe("accepted");
          expect([...names(decision)].sort()).toEqual(shuffled.map(({ name }) => `Put ${name}`).sort());
        },
      ),
    );
  });
});
