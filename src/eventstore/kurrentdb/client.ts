import { readFileSync } from "node:fs";
import { EventStoreDBClient, type ChannelCredentialOptions } from "@eventstore/db-client";
import { StreamsClient } from "@eventstore/db-client/generated/streams_grpc_pb";
import type { AppendResp, ReadReq, ReadResp } from "@eventstore/db-client/generated/streams_pb";
import type { Readable } from "node:stream";
import { appendHeader, proposedMessage, type EventToWrite } from "./appendRequest";
import type { Credentials, KurrentdbAddress } from "./url";
import { StartupRefused } from "../../lib/startupRefused";

/** Messages of one read, as the server sends them. */
export type Messages = AsyncIterable<ReadResp> & Readable & { cancel(): void };

/**
 * The official client, with what it lacks: reads of the log that the server filters, answers that tell bad JSON from
 * text, and reads that can be cancelled. Everything is asked of the leader, who alone has what was appended just now.
 */
export class LogClient extends EventStoreDBClient {
  readonly #hasTls: boolean;

  constructor(address: KurrentdbAddress) {
    const settings = settingsOf(address);
    // Its three signatures are one to us: each takes what the address is.
    super(settings as ConstructorParameters<typeof EventStoreDBClient>[0], channelOf(address));
    this.#hasTls = address.hasTls;
  }

  /**
   * Resolves with the leader's answer; rejects at the deadline at the latest, if the process is not stopped. Never a
   * BatchAppend: it has no deadline but the server's, and all that goes over its one stream fails or waits with it.
   */
  appendExactly(
    stream: string,
    events: readonly EventToWrite[],
    expectedRevision: number,
    { credentials, deadlineMs }: Readonly<{ credentials: Credentials | null; deadlineMs: number }>,
  ): Promise<AppendResp> {
    const base = { requiresLeader: true, deadline: deadlineMs, ...this.#sent(credentials) };
    const header = appendHeader(stream, expectedRevision);
    return this.execute(
      StreamsClient,
      "append",
      (client) =>
        new Promise((resolve, reject) => {
          const sink = client.append(...this.callArguments(base), (error, answer) =>
            error ? reject(error) : resolve(answer),
          );
          sink.on("error", reject);
          sink.write(header);
          for (const event of events) sink.write(proposedMessage(event));
          sink.end();
        }),
    );
  }

  /** Has no end by itself but that of what was asked for, so that whoever reads must watch it, and cancel it. */
  openRead(request: ReadReq, credentials: Credentials | null): Promise<Messages> {
    const base = { requiresLeader: true, ...this.#sent(credentials) };
    const open = this.GRPCStreamCreator(StreamsClient, "read", (client) =>
      client.read(request, ...this.callArguments(base, { deadline: Infinity })),
    );
    return open();
  }

  /** Lets go of the connection at once, with all that is under way on it. */
  async abandon(): Promise<void> {
    void this.dispose();
    const channel = await this.getChannel();
    channel.close();
  }

  /** Without TLS, the server knows no users. */
  #sent(credentials: Credentials | null): { credentials?: Credentials } {
    return credentials !== null && this.#hasTls ? { credentials } : {};
  }
}

function settingsOf({ hosts, isDiscovered, client }: KurrentdbAddress): object {
  const common = { ...client, nodePreference: "leader" };
  if (isDiscovered) return { ...common, discover: hosts[0] };
  if (hosts.length > 1) return { ...common, endpoints: [...hosts] };
  return { ...common, endpoint: hosts[0] };
}

function channelOf(address: KurrentdbAddress): ChannelCredentialOptions {
  if (!address.hasTls) return { insecure: true };
  const { tlsCaFile, userCertFile, userKeyFile } = address;
  return {
    insecure: false,
    ...(tlsCaFile !== null && { rootCertificate: fileAt("tlsCAFile", tlsCaFile) }),
    ...(userCertFile !== null && { userCertFile: fileAt("userCertFile", userCertFile) }),
    ...(userKeyFile !== null && { userKeyFile: fileAt("userKeyFile", userKeyFile) }),
  };
}

function fileAt(option: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new StartupRefused(`KURRENTDB_URL names a ${option} that cannot be read: ${path}.`, {
      cause: error,
    });
  }
}
