import type { Network, SiteLog } from "./site";
import { addressOf } from "../kurrentdb/address";
import { startDouble, type KurrentdbDouble } from "../kurrentdb/double";
import { createDoubleLog } from "../kurrentdb/log";
import { startTcpProxy } from "../tcpProxy";

/** A KurrentDB of two nodes with one log, each behind a network of its own, one of which leads. */
export async function startKurrentdbLog(): Promise<SiteLog> {
  const log = createDoubleLog({ hasNeighbours: true });
  const nodes: Node[] = [];
  for (const name of ["node 1", "node 2"]) nodes.push(await startNode(name, log));
  let leader = 0;
  const elect = (): void => {
    const [leading, following] = [nodes[leader], nodes[1 - leader]];
    if (!leading || !following) return;
    leading.double.lead();
    following.double.follow(leading.port);
    const members = nodes.map(({ port }, index) => ({ port, isLeader: index === leader, isAlive: true }));
    for (const { double } of nodes) double.setMembers(members);
    following.double.cutSubscriptions();
  };
  elect();
  const url = `kurrentdb://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(",")}?tls=false`;
  return {
    kind: "kurrentdb",
    environment: { EVENT_STORE: "kurrentdb", KURRENTDB_URL: url },
    throughNetwork: choiceOf(url),
    direct: () => choiceOf(nodes[leader]?.double.url ?? ""),
    networks: nodes.map(({ network }) => network),
    changeLeader() {
      leader = 1 - leader;
      elect();
    },
    async close() {
      for (const { double } of nodes) await double.stop();
    },
  };
}

type Node = Readonly<{ double: KurrentdbDouble; network: Network; port: number }>;

async function startNode(name: string, log: ReturnType<typeof createDoubleLog>): Promise<Node> {
  const double = await startDouble({ log });
  const proxy = await startTcpProxy(`http://127.0.0.1:${double.port}`);
  return { double, network: { name: `everybody - ${name}`, proxy }, port: Number(new URL(proxy.url).port) };
}

const choiceOf = (url: string): SiteLog["throughNetwork"] => ({
  kind: "kurrentdb",
  address: addressOf(url),
  credentialsFile: null,
});
