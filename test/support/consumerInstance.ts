import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { BUILT_TOKEN } from "./builtServer";

export type ConsumerItem = Readonly<{
  kind: "EVENT" | "CHECKPOINT" | "CAUGHT_UP";
  cursor: string;
  lease: string;
  event: Readonly<{ id: string; subject: string; sequence: string }> | null;
}>;

/** An instance of a named consumer, as a process of its own. */
export type ConsumerInstance = Readonly<{
  /** Of the answer: 200 if it got a partition. */
  status: number;
  /** All that it was sent so far, in order. */
  items: readonly ConsumerItem[];
  /** At once, without a word to anybody. */
  kill: () => Promise<void>;
}>;

/** Prints the status of the answer, and each item in a line. */
const PROGRAM = `
  const [, address, token] = process.argv;
  const end = () => process.exit(0);
  fetch(address, { headers: { authorization: "Bearer " + token } }).then(async ({ status, body }) => {
    console.log(JSON.stringify({ status }));
    if (status !== 200) end();
    let text = "";
    for await (const chunk of body) {
      const lines = (text + Buffer.from(chunk)).split("\\n");
      text = lines.pop();
      for (const line of lines) if (line.startsWith("data: ")) console.log(line.slice(6));
    }
  }).catch(() => console.log(JSON.stringify({ status: 0 }))).finally(end);
`;

/** Asks a server for a partition of a consumer; `status` is 0 if nobody answered. */
export async function startConsumerInstance(
  server: Readonly<{ address: string }>,
  query: Readonly<Record<string, string>>,
): Promise<ConsumerInstance> {
  const address = `${server.address}/changes?${new URLSearchParams(query).toString()}`;
  const child = spawn(process.execPath, ["-e", PROGRAM, address, BUILT_TOKEN], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "close");
  const items: ConsumerItem[] = [];
  const status = await new Promise<number>((resolve) => {
    createInterface(child.stdout).on("line", (line) => {
      const printed = JSON.parse(line) as ConsumerItem | { status: number };
      if ("status" in printed) resolve(printed.status);
      else items.push(printed);
    });
    void ended.then(() => resolve(0));
  });
  return {
    status,
    items,
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
