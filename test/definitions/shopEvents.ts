import type { AppCommand } from "../../src/apps/app.decider";
import type { AnyAppEvent } from "../../src/apps/app.state";
import { definitionOf } from "../../src/definitions/define.policy";
import type { Definition } from "../../src/definitions/definition.policy";
import { run, state } from "../configs/shop";
import { contentsOf } from "./definitions";

/** What people did until an app had some of everything; one flag and one config are published. */
const COMMANDS: readonly AppCommand[] = [
  { type: "CreateApp", data: { slug: "shop", name: "Shop" } },
  { type: "CreateEnvironment", data: { name: "staging", description: "For us." } },
  {
    type: "CreateKey",
    data: { name: "colour", type: "STRING", defaultValue: "red", description: "Of buttons." },
  },
  {
    type: "CreateKey",
    data: { name: "title", type: "STRING", defaultValue: "Hi", valueSchema: { maxLength: 9 } },
  },
  { type: "CreateKey", data: { name: "checkout", type: "BOOLEAN", defaultValue: false } },
  { type: "CreateSegment", data: { name: "Berliners", condition: { city: "Berlin" } } },
  {
    type: "CreateSegment",
    data: { name: "A few", condition: { $and: [{ $segment: "segment_shop_c50" }, { $percent: 10 }] } },
  },
  {
    type: "CreateGoal",
    data: {
      name: "Bought",
      events: [{ name: "Charged", where: { amount: { $gt: 0 } } }],
      valueProperty: "amount",
    },
  },
  {
    type: "CreateConfig",
    data: {
      name: "Colours",
      keys: ["title", "colour"],
      rules: [
        {
          segmentId: "segment_shop_c50",
          percentage: 20,
          values: [
            { key: "title", value: "Hallo" },
            { key: "colour", value: "blue" },
          ],
        },
      ],
    },
  },
  { type: "PublishConfig", data: { id: "config_shop_c80", version: 1, environment: "production" } },
  {
    type: "CreateFlag",
    data: { name: "Checkout", key: "checkout", rules: [{ segmentId: "segment_shop_c50" }] },
  },
  { type: "PublishFlag", data: { id: "flag_shop_c100", version: 1, environment: "production" } },
  {
    type: "SetLabels",
    data: { kind: "Key", id: "title", tags: ["text"], owner: "Web", removeBy: "2027-01-01T00:00:00.000Z" },
  },
];

export const SHOP: readonly AnyAppEvent[] = COMMANDS.reduce<readonly AnyAppEvent[]>(
  (events, command, index) => {
    const after = run(events, command, { commandId: `c${index}` });
    if (after === events) throw new Error(`${command.type} was refused.`);
    return after;
  },
  [],
);

export const definitionAfter = (events: readonly AnyAppEvent[]): Definition =>
  definitionOf(state(events), contentsOf(events));

/** The app of these events as a document. */
export const DEFINITION: Definition = definitionAfter(SHOP);
