import { keepLogsIn } from "../support/kurrentdb/eventLog";

// The same journeys as over PostgreSQL, with the log in KurrentDB, as its double has it.
keepLogsIn("kurrentdb");

describe.each(["readme", "tour", "tourControlPlane"])("with the log in KurrentDB (%s)", (journey) => {
  require(`./${journey}.test`);
});
