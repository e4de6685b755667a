import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { BUILT_TOKEN } from "../builtServer";
import {
  inTurns,
  refusedBy,
  running,
  takeBlock,
  untilEnded,
  type Addresses,
  type RunningFollower,
  type Seeing,
} from "./followers";

/** Whether there is one here; Node brings none along. */
export const hasCurl = (): boolean => spawnSync("curl", ["--version"]).status === 0;

/** `curl -N` at `/changes`, started again from its last event whenever it ends. It goes to the servers in turns. */
export function followByCurl(addresses: Addresses, app: string): RunningFollower {
  return running("curl at /changes", async (seeing) => {
    const address = inTurns(addresses);
    await untilEnded(seeing, () => readByCurl(`${address()}/changes?app=${app}&startAt=BEGINNING`, seeing));
  });
}

/** What curl ends with if the status says that it is refused. */
const REFUSED = 22;

/** Comments come every 12 seconds. */
const SILENCE = ["--speed-limit", "1", "--speed-time", "20", "--connect-timeout", "5"];

/** @throws when it ends, however that came. */
async function readByCurl(url: string, seeing: Seeing): Promise<void> {
  const last = seeing.cursor === null ? [] : ["-H", `Last-Event-ID: ${seeing.cursor}`];
  const token = ["-H", `Authorization: Bearer ${BUILT_TOKEN}`];
  const curl = spawn("curl", ["-N", "-s", "--fail-with-body", ...SILENCE, ...token, ...last, url], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const ended = once(curl, "close") as Promise<[number | null]>;
  const end = (): void => void curl.kill();
  seeing.ended.signal.addEventListener("abort", end, { once: true });
  try {
    let text = "";
    for await (const chunk of curl.stdout.setEncoding("utf8") as AsyncIterable<string>) {
      const blocks = (text + chunk).split("\n\n");
      text = blocks.pop() ?? "";
      for (const block of blocks) takeBlock(seeing, block);
    }
    const [code] = await ended;
    throw code === REFUSED ? refusedBy(text) : new Error(`curl has ended with ${code}.`);
  } finally {
    seeing.ended.signal.removeEventListener("abort", end);
    end();
  }
}
