import { randomUUID } from "node:crypto";
import { createKurrentdbEventStore } from "../../src/eventstore/kurrentdb";
import { describeEventStore } from "../eventstore/contract";
import { addressOf } from "../support/kurrentdb/address";

const url = process.env["KURRENTDB_URL"] ?? "";
// Streams of its own, so that it can be run again and again, beside whatever else is there.
const namespace = `test${randomUUID().replaceAll("-", "")}`;

/** `npm run test:kurrentdb`: what the double is held to, and the same stores over a server. */
describeEventStore("the KurrentDB of KURRENTDB_URL", async () =>
  createKurrentdbEventStore({ address: addressOf(url), namespace }),
);
