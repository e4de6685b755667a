import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import { checkHistories, checkUnderKills, type StoreKind } from "../support/history/rounds";

const ROUNDS = 200;
const STORES: readonly StoreKind[] = ["postgres", "kurrentdb"];

void main();

/** `npm run history-check`: whether what callers and followers were told holds, whatever went wrong meanwhile. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: "string", default: String(ROUNDS) },
      store: { type: "string" },
      seed: { type: "string", default: randomBytes(4).toString("hex") },
      minutes: { type: "string" },
      "kill-every": { type: "string", default: "10" },
    },
  });
  const { seed } = values;
  const stores = STORES.filter((store) => values.store === undefined || store === values.store);
  if (stores.length === 0) return refuse(`--store is one of ${STORES.join(", ")}.`);
  const numbers = [values.rounds, values.minutes ?? "1", values["kill-every"]].map(Number);
  if (!numbers.every((number) => number > 0))
    return refuse("Rounds, minutes and seconds are numbers above 0.");
  console.log(`The seed is ${seed}: --seed ${seed} draws the same faults again.`);
  const found: string[] = [];
  for (const store of stores) {
    const options = { store, seed, say: (line: string) => console.log(line) };
    const [rounds = 0, minutes = 0, killEverySeconds = 0] = numbers;
    found.push(
      ...(values.minutes === undefined
        ? await checkHistories({ ...options, rounds })
        : await checkUnderKills({ ...options, minutes, killEverySeconds })),
    );
  }
  console.log(
    found.length === 0 ? "Nothing contradicts." : `${found.length} contradictions:\n${found.join("\n")}`,
  );
  process.exitCode = found.length === 0 ? 0 : 1;
}

function refuse(why: string): void {
  console.error(why);
  process.exitCode = 1;
}
