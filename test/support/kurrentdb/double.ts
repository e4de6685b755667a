import type { Metadata } from "@grpc/grpc-js";
import { Server, ServerCredentials, status, type ServerErrorResponse } from "@grpc/grpc-js";
import { GossipService } from "@eventstore/db-client/generated/gossip_grpc_pb";
import { ServerFeaturesService } from "@eventstore/db-client/generated/serverfeatures_grpc_pb";
import { StreamsService } from "@eventstore/db-client/generated/streams_grpc_pb";
import { answerAppend, answerBatches } from "./appends";
import { CERTIFICATE, PRIVATE_KEY } from "./certificate";
import { answerFeatures, answerGossip, type Member } from "./cluster";
import { denied, notLeader, unavailable, exception, type Faults } from "./faults";
import { createDoubleLog, type DoubleLog } from "./log";
import { NEWEST, type Profile } from "./profiles";
import { answerRead, type ReadCall } from "./reads";

/**
 * A KurrentDB of this process, for the real client: its services over the wire, its rules of appending and its order, and
 * faults as a test wants them. It keeps nothing, has no rights but one user, and its positions are made up.
 */
export type KurrentdbDouble = Readonly<{
  port: number;
  /** Without a user. */
  url: string;
  log: DoubleLog;
  faults: Faults;
  /** How often each method was called. */
  calls: ReadonlyMap<string, number>;
  /** The only user, once there is one. */
  setUser(user: string, password: string): void;
  /** From now on it follows the node at this port. */
  follow(port: number): void;
  lead(): void;
  setMembers(members: readonly Member[]): void;
  /** Reads and subscriptions that have not come to an end. */
  open: () => number;
  /** Breaks off all subscriptions, as a node does that shuts down. */
  cutSubscriptions(): void;
  stop(): Promise<void>;
}>;

export type DoubleOptions = Readonly<{ log?: DoubleLog; profile?: Profile; port?: number; hasTls?: boolean }>;

type Node = {
  readonly log: DoubleLog;
  readonly profile: Profile;
  readonly faults: Faults;
  readonly live: Set<ReadCall>;
  readonly calls: Map<string, number>;
  user: string | null;
  leaderPort: number | null;
  members: readonly Member[];
};

export async function startDouble(options: DoubleOptions = {}): Promise<KurrentdbDouble> {
  const { log = createDoubleLog(), profile = NEWEST, hasTls = false } = options;
  const node: Node = {
    ...{ log, profile, faults: {}, live: new Set<ReadCall>(), calls: new Map<string, number>() },
    ...{ user: null, leaderPort: null, members: [] },
  };
  const server = serverOf(node);
  const port = await listen(server, options.port ?? 0, hasTls);
  node.members = [{ port, isLeader: true, isAlive: true }];
  return {
    ...{ port, log, faults: node.faults, calls: node.calls },
    url: `kurrentdb://127.0.0.1:${port}?tls=${hasTls}`,
    setUser: (user, password) =>
      void (node.user = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`),
    follow: (leaderPort) => void (node.leaderPort = leaderPort),
    lead: () => void (node.leaderPort = null),
    setMembers: (members) => void (node.members = members),
    open: () => node.live.size,
    cutSubscriptions() {
      for (const call of node.live) call.emit("error", unavailable);
      node.live.clear();
    },
    async stop() {
      server.forceShutdown();
    },
  };
}

function serverOf(node: Node): Server {
  const { profile, calls } = node;
  const server = new Server({ "grpc.max_receive_message_length": 20 * 1024 * 1024 });
  const count = (method: string): void => void calls.set(method, (calls.get(method) ?? 0) + 1);
  const refusalOf = (method: string, metadata: Metadata): ServerErrorResponse | null => {
    count(method);
    return refusal(node, metadata);
  };
  server.addService(StreamsService, {
    read(call: ReadCall) {
      const refused = refusalOf("read", call.metadata);
      if (refused) call.emit("error", refused);
      else answerRead(node, call);
    },
    append(call: Parameters<typeof answerAppend>[1], answer: Parameters<typeof answerAppend>[2]) {
      const refused = refusalOf("append", call.metadata);
      if (!refused) return answerAppend(node, call, answer);
      call.resume();
      call.on("end", () => answer(refused));
    },
    batchAppend(call: Parameters<typeof answerBatches>[1]) {
      const refused = refusalOf("batchAppend", call.metadata);
      if (refused) call.emit("error", refused);
      else answerBatches(node, call);
    },
    delete: (_call: unknown, answer: (error: object) => void) => answer({ code: status.UNIMPLEMENTED }),
    tombstone: (_call: unknown, answer: (error: object) => void) => answer({ code: status.UNIMPLEMENTED }),
  });
  server.addService(GossipService, {
    read(_call: unknown, answer: Parameters<typeof answerGossip>[1]) {
      count("gossip");
      answerGossip(node.members, answer);
    },
  });
  if (profile.hasServerFeatures) {
    server.addService(ServerFeaturesService, {
      getSupportedMethods(_call: unknown, answer: Parameters<typeof answerFeatures>[1]) {
        count("features");
        answerFeatures(profile, answer);
      },
    });
  }
  return server;
}

function refusal({ user, leaderPort }: Node, metadata: Metadata): ServerErrorResponse | null {
  const [sent] = metadata.get("authorization");
  if (user !== null && sent === undefined) return denied;
  if (user !== null && sent !== user) return exception(status.UNAUTHENTICATED, "not-authenticated");
  const [requiresLeader] = metadata.get("requires-leader");
  return leaderPort !== null && requiresLeader === "true" ? notLeader("127.0.0.1", leaderPort) : null;
}

function listen(server: Server, port: number, hasTls: boolean): Promise<number> {
  const credentials = hasTls
    ? ServerCredentials.createSsl(null, [
        { private_key: Buffer.from(PRIVATE_KEY), cert_chain: Buffer.from(CERTIFICATE) },
      ])
    : ServerCredentials.createInsecure();
  return new Promise((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, credentials, (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
}
