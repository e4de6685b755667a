import { Client } from "pg";
import { APPEND_BATCH, batchParameters } from "../../src/eventstore/appendStatements";
import { encodeAppend } from "../../src/eventstore/encodedAppend";
import { NO_STREAM, START, type RecordedEvent } from "../../src/eventstore/eventStore";
import { appendOf, readLog, succeeded } from "../eventstore/appends";
import { freshLog, type TestLog } from "../eventstore/log";
import { checkHistory, inWords } from "../support/history/checkHistory";
import type { History, LoggedEvent, Operation } from "../support/history/history";
import { until } from "../support/until";

// The check itself is checked: a log that is known to lose events to its readers must not pass it.

let log: TestLog;
let first: Client;
let second: Client;

beforeAll(async () => {
  log = await freshLog();
  [first, second] = [new Client({ connectionString: log.url }), new Client({ connectionString: log.url })];
  await Promise.all([first.connect(), second.connect()]);
});
afterAll(async () => {
  await Promise.all([first.end(), second.end()]);
  await log.drop();
});

const operation = (id: string, stream: string, at: { revision: number; position: string }): Operation => ({
  ...{ id, stream, count: 1, began: 0, ended: 1 },
  outcome: { kind: "ok", at },
});

describe("two transactions, of which the one that began first ends last", () => {
  it("make a reader of `position > last` miss an event, where positions are numbers of a sequence", async () => {
    await first.query("create table naive_log (position bigserial primary key, stream text, operation text)");
    const insert = "insert into naive_log (stream, operation) values ($1, $2) returning position";
    const append = async (client: Client, stream: string, id: string): Promise<Operation> => {
      const { rows } = await client.query<{ position: string }>(insert, [stream, id]);
      return operation(id, stream, { revision: 0, position: rows[0]?.position ?? "" });
    };
    const read = async (after: string): Promise<LoggedEvent[]> => {
      const { rows } = await second.query<{ position: string; stream: string; operation: string }>(
        "select position, stream, operation from naive_log where position > $1 order by position",
        [after],
      );
      return rows.map((row) => ({ ...row, id: row.operation, revision: 0 }));
    };

    await first.query("begin");
    const operations = [await append(first, "app-a", "a"), await append(second, "app-b", "b")];
    const seen = await read("0");
    await first.query("commit");
    seen.push(...(await read(seen.at(-1)?.position ?? "0")));

    const history: History = {
      operations,
      log: await read("0"),
      followers: [{ name: "the reader", stream: null, seen: seen.map(({ id }) => id) }],
    };
    expect(inWords(checkHistory(history))).toEqual([
      "missed: the reader was not given 1 of 2 events, first that at revision 0 (position 1)",
    ]);
  });

  it("make no reader miss anything in our log, where the second waits for the first", async () => {
    const store = log.open();
    const [one, other] = [appendOf("app-a", NO_STREAM), appendOf("app-b", NO_STREAM)];
    const seen: RecordedEvent[] = [];
    const read = async (): Promise<void> => {
      seen.push(...(await store.readAll(seen.at(-1)?.position ?? START, 10)));
    };

    await first.query("begin");
    await first.query(APPEND_BATCH, batchParameters([encodeAppend(one)]));
    const appended = store.append(other);
    await until("the second waits for the first", async () => {
      const { rows } = await second.query(
        "select from pg_stat_activity where datname = current_database() and application_name like '% writer' and wait_event_type = 'Lock'",
      );
      return rows.length === 1;
    });
    await read();
    await first.query("commit");
    const told = succeeded(await appended);
    await read();
    await read();

    const whole = await readLog(store);
    const [start] = whole;
    const history: History = {
      operations: [
        operation(one.commandId, "app-a", { revision: 0, position: start?.position ?? "" }),
        operation(other.commandId, "app-b", told),
      ],
      log: whole.map((event) => ({ ...event, operation: event.meta.commandId })),
      followers: [{ name: "the reader", stream: null, seen: seen.map(({ id }) => id) }],
    };
    expect(whole).toHaveLength(2);
    expect(inWords(checkHistory(history))).toEqual([]);
  });
});
