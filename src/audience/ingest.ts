import { aliasUser, type Joined } from "./aliasUser";
import { aliasFaults, type Aliased } from "./alias.policy";
import { identifyUsers, type IdentifyMode } from "./identifyUsers";
import { batchFaults, identifyFaults, type IdentifiedUser } from "./identify.policy";
import { invalid } from "./properties.policy";
import { checkEvents, type SentEvent } from "./track.policy";
import { trackEvents, type Tracked } from "./trackEvents";
import { userKeyOf, type Place } from "./userKey";
import { isClient, type Actor } from "../access/roles.policy";
import { missingPlace } from "../delivery/rulesetOf.graphql";
import type { Server } from "../graphql/context";
import type { Refusal } from "../lib/refusal";

type Asking = Readonly<{ server: Server; actor: Actor }>;

export type Identify = Place & Readonly<{ users: readonly IdentifiedUser[]; mode: IdentifyMode }>;

/** Takes down what is told of users: of all, or with refusals of none. */
export async function identify(
  { server, actor }: Asking,
  { users, mode, ...place }: Identify,
): Promise<readonly Refusal[]> {
  const faults = [
    ...identifyFaults(users),
    ...strangers(
      actor,
      "users",
      users.map(({ id }) => id),
    ),
    ...(await placeFaults(server, place)),
  ];
  if (faults.length > 0) return faults;
  const { keys, refusals } = await identifyUsers(server.database, place, users, mode);
  server.storedUsers.changed(place, keys);
  return refusals;
}

export type Track = Place & Readonly<{ events: readonly SentEvent[]; isPartial: boolean }>;

/** Takes down what users did: all of it, or with refusals nothing, or with `isPartial` what is not refused. */
export async function track(
  { server, actor }: Asking,
  { events, isPartial, ...place }: Track,
): Promise<Omit<Tracked, "keys">> {
  // Of a batch that is none, no event is good.
  const tooMany = batchFaults("events", events.length);
  if (tooMany.length > 0) return { counts: null, refusals: tooMany };
  const checked = checkEvents(events, server.now().getTime());
  const ofAll = [
    ...strangers(
      actor,
      "events",
      events.map(({ userId }) => userId),
    ),
    ...(await placeFaults(server, place)),
  ];
  const refusals = [...checked.refusals, ...ofAll];
  if (ofAll.length > 0 || (refusals.length > 0 && !isPartial)) return { counts: null, refusals };
  const { counts, refusals: others, keys } = await trackEvents(server, place, checked.events, isPartial);
  if (!counts) return { counts, refusals: others };
  server.storedUsers.changed(place, keys);
  const { accepted, duplicates } = counts;
  return {
    counts: { accepted, duplicates: duplicates + checked.repeats },
    refusals: [...refusals, ...others],
  };
}

/** Lets who was anonymous become a known user. */
export async function alias(
  { server, actor }: Asking,
  { anonymousId, userId, ...place }: Place & Aliased,
): Promise<Joined | Readonly<{ refusals: readonly Refusal[] }>> {
  const refusals = [
    ...aliasFaults({ anonymousId, userId }),
    ...(isClient(actor) ? [onlyByServers] : []),
    ...(await placeFaults(server, place)),
  ];
  if (refusals.length > 0) return { refusals };
  const aliasing = await aliasUser(server.database, place, { anonymousId, userId });
  server.storedUsers.changed(place, [userKeyOf(place, anonymousId), userKeyOf(place, userId)]);
  return "refusal" in aliasing ? { refusals: [aliasing.refusal] } : aliasing;
}

/** Or whoever has the app could take over anybody's history. */
const onlyByServers = invalid(
  "A CLIENT token tells of one user at a time; let the app's server say who a user became.",
);

/** Clients are anybody's, so they tell of one user at a time. */
function strangers(actor: Actor, name: string, ids: readonly string[]): readonly Refusal[] {
  if (!isClient(actor) || new Set(ids).size <= 1) return [];
  const message = `A CLIENT token tells of one user at a time; send the ${name} of each apart.`;
  return [invalid(message, [name])];
}

async function placeFaults(server: Server, place: Place): Promise<readonly Refusal[]> {
  const missing = await missingPlace(server, place);
  if (missing === null) return [];
  const path = missing.extensions["path"] as readonly string[];
  return [{ code: "NOT_FOUND", message: missing.message, path }];
}
