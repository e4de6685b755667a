import { createKurrentdbEventStore } from "../../src/eventstore/kurrentdb";
import { addressOf } from "../support/kurrentdb/address";
import { startDouble, type KurrentdbDouble } from "../support/kurrentdb/double";
import { createDoubleLog } from "../support/kurrentdb/log";
import { PROFILES } from "../support/kurrentdb/profiles";
import { describeEventStore } from "./contract";

// With somebody else's events between ours, which are no JSON.
for (const profile of PROFILES) {
  let double: KurrentdbDouble | undefined;
  describeEventStore(`KurrentDB ${profile.version}, as its double has it`, async () => {
    double ??= await startDouble({ profile, log: createDoubleLog({ hasNeighbours: true }) });
    return createKurrentdbEventStore({ address: addressOf(double.url) });
  });
  afterAll(() => double?.stop());
}
