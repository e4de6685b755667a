import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

// Every statement about users and what they did, as it stands in the code. The tables can be distributed over several machines by the
// key of their users only as long as each statement on the path of a user names such keys, and joins no other users.

const FOLDER = join(__dirname, "../../src/audience");
const IS_STATEMENT = /^(select|insert|update|delete|with|create|drop|alter|lock|merge|truncate)\b/;
const ABOUT_USERS = /\baudience\.(users|events)\b/g;

/** Off the path of any user: what looks at many of a place, in the order of their keys, or at the table itself. */
const OF_ALL: readonly (readonly [file: string, begins: string, why: string])[] = [
  ["storedUser.queries.ts", "select exists (select from audience.users where users.app", "is anybody there"],
  ["userSlices.ts", "select json_agg(json_build_array(slice.user_key", "sizes and what-if"],
  ["pruneEvents.ts", "select users.environment, users.user_key from audience.users", "retention"],
  ["eventPartitions.ts", "create table ", "parts"],
  ["eventPartitions.ts", "select child.relname as part", "parts"],
];

type Statement = Readonly<{ file: string; text: string }>;

function statementsIn(file: string, source: string): readonly Statement[] {
  return [...source.matchAll(/`([^`]*)`|"((?:[^"\\\n])*)"/g)]
    .map(([, template, quoted]) => ({ file, text: (template ?? quoted ?? "").replace(/\s+/g, " ").trim() }))
    .filter(({ text }) => IS_STATEMENT.test(text) && text.search(ABOUT_USERS) >= 0);
}

const all = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".ts"))
  .flatMap((file) => statementsIn(file, readFileSync(join(FOLDER, file), "utf8")));
const isOfAll = ({ file, text }: Statement): boolean =>
  OF_ALL.some(([of, begins]) => of === file && text.startsWith(begins));

/** The tables of users that a statement names without saying by their keys which rows it means. */
function withoutKey({ text }: Statement): readonly string[] {
  const tables = new Set([...text.matchAll(ABOUT_USERS)].map(([, table = ""]) => table));
  return [...tables].filter((table) => {
    const isInserted = new RegExp(`insert into audience\\.${table} (as \\w+ )?\\(user_key,`).test(text);
    const key = `\\b${table}\\.user_key = (any\\(\\$\\d+::uuid\\[\\]\\)|\\$\\d+|given\\.user_key|users\\.user_key)`;
    return !isInserted && !new RegExp(key).test(text);
  });
}

describe("a statement about users", () => {
  it("is found where it stands", () => {
    expect(all.length).toBeGreaterThan(20);
    expect(
      OF_ALL.filter(([of, begins]) => !all.some(({ file, text }) => of === file && text.startsWith(begins))),
    ).toEqual([]);
  });

  it.each(
    all
      .filter((statement) => !isOfAll(statement))
      .map((each) => [each.file, each.text.slice(0, 90), each] as const),
  )("of %s names keys: %s", (_file, _begin, statement) => expect(withoutKey(statement)).toEqual([]));

  it("joins events with no other users than their own", () => {
    const joins = all.filter(({ text }) => /\bjoin\b/.test(text) && !isOfAll({ file: "", text }));
    const strange = joins.filter(
      ({ text }) =>
        !/join audience\.events as events on events\.user_key = given\.user_key/.test(text) &&
        !/join lateral \(.* where events\.user_key = users\.user_key/.test(text) &&
        !text.startsWith("select child.relname"),
    );
    expect(strange).toEqual([]);
  });

  it("stands nowhere else", () => {
    const elsewhere = readdirSync(join(FOLDER, ".."), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts") && !file.startsWith("audience"))
      .filter((file) => statementsIn(file, readFileSync(join(FOLDER, "..", file), "utf8")).length > 0);
    expect(elsewhere).toEqual([]);
  });
});

it("finds a statement that names no key, or joins others", () => {
  const of = (text: string) => withoutKey({ file: "", text });
  expect(of("select users.id from audience.users where users.app = $1")).toEqual(["users"]);
  expect(of("delete from audience.events where events.at < $1")).toEqual(["events"]);
  expect(
    of("select 1 from audience.users join audience.events using (user_key) where users.user_key = $1"),
  ).toEqual(["events"]);
});
