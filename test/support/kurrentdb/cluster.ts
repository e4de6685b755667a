import type { sendUnaryData } from "@grpc/grpc-js";
import { ClusterInfo, EndPoint, MemberInfo } from "@eventstore/db-client/generated/gossip_pb";
import { SupportedMethod, SupportedMethods } from "@eventstore/db-client/generated/serverfeatures_pb";
import { UUID } from "@eventstore/db-client/generated/shared_pb";
import type { Profile } from "./profiles";

const STREAMS = "event_store.client.streams.streams";
const SECOND_STREAMS = "kurrentdb.protocol.v2.streams.streamsservice";

/** `ServerFeatures.GetSupportedMethods`: names in lower case, as servers send them. */
export function answerFeatures(profile: Profile, answer: sendUnaryData<SupportedMethods>): void {
  const methods = new SupportedMethods();
  methods.setEventStoreServerVersion(profile.version);
  const add = (service: string, name: string, features: string[] = []): void => {
    const method = new SupportedMethod();
    method.setServiceName(service);
    method.setMethodName(name);
    method.setFeaturesList(features);
    methods.addMethods(method);
  };
  add(STREAMS, "read", ["position", "events"]);
  add(STREAMS, "append");
  if (profile.hasBatchAppend) add(STREAMS, "batchappend", ["deadline_duration"]);
  if (profile.hasSecondProtocol) {
    add(SECOND_STREAMS, "appendsession");
    add(SECOND_STREAMS, "appendrecords");
  }
  answer(null, methods);
}

export type Member = Readonly<{ port: number; isLeader: boolean; isAlive: boolean }>;

const LEADER = 8;
const FOLLOWER = 5;

/** `Gossip.Read`: who is in the cluster, and who leads it. */
export function answerGossip(members: readonly Member[], answer: sendUnaryData<ClusterInfo>): void {
  const cluster = new ClusterInfo();
  for (const [index, { port, isLeader, isAlive }] of members.entries()) {
    const id = new UUID();
    id.setString(`00000000-0000-4000-9000-${String(index).padStart(12, "0")}`);
    const place = new EndPoint();
    place.setAddress("127.0.0.1");
    place.setPort(port);
    const member = new MemberInfo();
    member.setInstanceId(id);
    member.setTimeStamp("1");
    member.setState(isLeader ? LEADER : FOLLOWER);
    member.setIsAlive(isAlive);
    member.setHttpEndPoint(place);
    cluster.addMembers(member);
  }
  answer(null, cluster);
}
