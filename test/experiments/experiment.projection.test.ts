import fc from "fast-check";
import {
  archive,
  archived,
  content,
  create,
  created,
  edit,
  edited,
  goal,
  half,
  idOf,
  restore,
  shop as shopEvents,
  twoColours,
} from "./experiments";
import { appDecider, type AppCommand } from "../../src/apps/app.decider";
import type { AnyAppEvent, AppState } from "../../src/apps/app.state";
import { whoUses } from "../../src/apps/uses.policy";
import { findUses, userOf } from "../../src/apps/uses.queries";
import { findExperiments } from "../../src/experiments/experiment.queries";
import type { ExperimentRow } from "../../src/experiments/experiment.tables";
import { labelsOfRow } from "../../src/labels/labels.policy";
import { PROJECTIONS } from "../../src/parts";
import { deciding } from "../support/deciding";
import { projectedApp, type ProjectedApp } from "../support/projecting";

const { run, state } = deciding<AppState, AppCommand, AnyAppEvent>(appDecider);

let shop: ProjectedApp;
beforeAll(async () => {
  shop = await projectedApp(PROJECTIONS[0]!, "shop");
});
afterAll(() => shop.drop());
beforeEach(async () => {
  await shop.startAgain();
});

describe("the read model of experiments", () => {
  it("shows one as it was created, edited and archived", async () => {
    const change = { name: "Sizes", traffic: 12.34, segmentId: "oslo", bucketBy: "company" };
    await shop.project(...shopEvents, created(), edited(change), archived());
    expect(await findExperiments(shop.database, [idOf("command"), "none"])).toMatchObject([
      {
        app: "shop",
        name: "Sizes",
        traffic: 12.34,
        segment_id: "oslo",
        bucket_by: "company",
        variations: twoColours,
        goals: content.goals,
        is_archived: true,
      },
    ]);
  });

  it("stops, rather than show two unarchived ones of one name, or one that uses what is archived", async () => {
    await shop.project(...shopEvents, created());
    await expect(shop.project(created("other"))).rejects.toThrow("experiments_name");
    const goalArchived: AnyAppEvent = { type: "GoalArchived", data: { id: "bought", note: "" } };
    await expect(shop.project(goalArchived)).rejects.toThrow("uses_usable");
    await shop.project(archived(), goalArchived);
  });
});

describe("after any history", () => {
  const name = fc.constantFrom("A", "B", "C");
  const draft = fc.record(
    {
      name,
      segmentId: fc.constantFrom(null, "oslo"),
      traffic: fc.constantFrom(0, 50, 100),
      goals: fc.subarray(["bought", "refunded"], { minLength: 1 }),
      variations: fc.constantFrom(twoColours, [
        half("control", { key: "size", value: 1 }),
        half("other", { key: "size", value: 2 }),
      ]),
    },
    { requiredKeys: [] },
  );
  const id = fc.integer({ min: 0, max: 5 }).map((number) => `command${number}`);
  const command: fc.Arbitrary<AppCommand> = fc.oneof(
    draft.map(create),
    fc.tuple(draft, id).map(([data, id]) => edit(data, id)),
    id.map((id) => archive(id)),
    id.map((id) => restore(id)),
    fc.constantFrom<AppCommand>(
      { type: "ArchiveKey", data: { name: "colour" } },
      { type: "ArchiveSegment", data: { id: "oslo" } },
      { type: "RestoreSegment", data: { id: "oslo" } },
      { type: "ArchiveGoal", data: { id: "refunded" } },
    ),
  );

  it("the rows and the uses are what the fold says", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 25 }), async (commands) => {
        const history = commands.reduce<readonly AnyAppEvent[]>(
          (past, next, index) => run(past, next, { commandId: `command${index}` }),
          [...shopEvents, goal("spare")],
        );
        await shop.startAgain();
        await shop.project(...history);
        const folded = state(history);
        const experiments = [...folded.experiments.values()];
        const rows = await findExperiments(
          shop.database,
          experiments.map((experiment) => experiment.id),
        );
        const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
        expect(rows.map(asFolded).sort(byId)).toEqual(experiments.sort(byId));
        const used = [
          { kind: "Key", id: "colour" },
          { kind: "Key", id: "size" },
          { kind: "Segment", id: "oslo" },
          { kind: "Goal", id: "bought" },
          { kind: "Goal", id: "refunded" },
        ] as const;
        for (const thing of used) {
          const found = await findUses(shop.database, thing.kind, [{ app: "shop", id: thing.id }]);
          expect([thing.id, found.map(userOf)]).toEqual([thing.id, whoUses(folded, thing)]);
        }
      }),
      { numRuns: 15 },
    );
  });
});

function asFolded(row: ExperimentRow) {
  const { id, name, description, environment, traffic, variations, goals } = row;
  return {
    ...{ id, name, description, environment, traffic, variations, goals },
    segmentId: row.segment_id,
    bucketBy: row.bucket_by,
    bucketByFallback: row.bucket_by_fallback,
    isArchived: row.is_archived,
    labels: labelsOfRow(row),
  };
}
