import { credentials } from "@grpc/grpc-js";
import { Empty, StreamIdentifier, UUID } from "@eventstore/db-client/generated/shared_pb";
import { StreamsClient } from "@eventstore/db-client/generated/streams_grpc_pb";
import { AppendReq } from "@eventstore/db-client/generated/streams_pb";
import { startDouble, type KurrentdbDouble } from "../support/kurrentdb/double";
import { startTcpProxy, type TcpProxy } from "../support/tcpProxy";
import { until } from "../support/until";

const { Options, ProposedMessage } = AppendReq;

function toNewStream(name: string): AppendReq {
  const stream = new StreamIdentifier();
  stream.setStreamName(new Uint8Array(Buffer.from(name)));
  return new AppendReq().setOptions(new Options().setStreamIdentifier(stream).setNoStream(new Empty()));
}

function anEvent(number: number): AppendReq {
  const id = new UUID();
  id.setString(`00000000-0000-4000-8000-${String(number).padStart(12, "0")}`);
  const message = new ProposedMessage().setId(id).setData(new Uint8Array(Buffer.from("{}")));
  message.getMetadataMap().set("type", "Noted").set("content-type", "application/json");
  return new AppendReq().setProposedMessage(message);
}

let double: KurrentdbDouble;
let proxy: TcpProxy;
let client: StreamsClient;
beforeEach(async () => {
  double = await startDouble();
  proxy = await startTcpProxy(`http://127.0.0.1:${double.port}`);
  client = new StreamsClient(new URL(proxy.url).host, credentials.createInsecure());
});
afterEach(async () => {
  client.close();
  await proxy.close();
  await double.stop();
});

function append(name: string, events: number) {
  let isOver = false;
  const call = client.append(() => void (isOver = true));
  call.write(toNewStream(name));
  for (let number = 0; number < events; number++) call.write(anEvent(number));
  return { call, isOver: () => isOver };
}

describe("the double of KurrentDB", () => {
  it("writes nothing of an append that is broken off before its last event", async () => {
    const broken = append("broken", 4);
    await until("its first part is there", () => double.calls.get("append") === 1);
    proxy.setMode("cut");
    await until("it is over", broken.isOver);
    proxy.setMode("pass");
    await until("a whole one is answered", async () => {
      const whole = append("whole", 5);
      whole.call.end();
      await until("it is over", whole.isOver);
      return double.log.ofStream("whole") !== undefined;
    });
    expect(double.log.events.map(({ stream }) => stream)).toEqual(Array.from({ length: 5 }, () => "whole"));
  });
});
