import type { TakeOne } from "../access/rateLimits";
import type { Actor, Right } from "../access/roles.policy";
import type { AppCommand } from "../apps/app.decider";
import type { AppState } from "../apps/app.state";
import type { InstanceCommand, InstanceState } from "../apps/instance.decider";
import type { LoadedLists } from "../audience/loadedLists";
import type { ChangeFeed } from "../changes/changeFeed";
import type { Deliveries } from "../delivery/deliveries";
import type { Rulesets } from "../delivery/rulesets";
import type { Summaries } from "../delivery/summaries";
import type { CommandHandler } from "../eventstore/commands";
import type { Position } from "../eventstore/eventStore";
import type { LogCommand } from "../lib/commandLog";
import type { JobRunner } from "../jobs/jobRunner";
import type { Database } from "../postgres/database";
import type { Scanner } from "../scanning/scanner";
import type { Webhooks } from "../webhooks/webhooks";

/** What a resolver may use: who asks, and the server's parts. One for each request. */
export type Context = Readonly<{
  actor: Actor;
  /** Names the request in the log, and in the answer's header. */
  requestId: string;
  server: Server;
  /** Batches look-ups of one request; see `load`. */
  loaders: Map<object, unknown>;
}>;

/** The running server's parts, wired once in `main.ts`. */
export type Server = Readonly<{
  now: () => Date;
  database: Database;
  apps: CommandHandler<AppState, AppCommand>;
  instance: CommandHandler<InstanceState, InstanceCommand>;
  /** Resolves when the read models hold everything up to the position. @throws if that takes longer than the bound. */
  projected: (position: Position) => Promise<void>;
  rulesets: Rulesets;
  storedUsers: Summaries;
  /** Lists of user ids in memory. */
  loadedLists: Pick<LoadedLists, "follow">;
  /** What is given to users is counted. */
  deliveries: Deliveries;
  changes: ChangeFeed;
  webhooks: Webhooks;
  scanner: Scanner;
  jobs: Pick<JobRunner, "wake">;
  nodes: NodeTypes;
  logCommand: LogCommand;
  takeOne: TakeOne;
}>;

/** How `node(id:)` and lists of users find things: by GraphQL type name. */
export type NodeTypes = ReadonlyMap<string, NodeType>;
export type NodeType = Readonly<{
  typename: string;
  /** The ids of this type start with it and an underscore. */
  idPrefix: string;
  /** What it takes to see them; READ if left out. */
  right?: Right;
  /** The app in an id, if it stands there in another way than in other ids; null: of all apps. */
  appOf?: (id: string) => string | null;
  /** Where they stand, if they can be searched for. */
  searched?: SearchedTable;
  /** The objects with these ids, in any order; those that do not exist are left out. */
  findMany: (database: Database, ids: readonly string[]) => Promise<readonly NodeLike[]>;
}>;

/** An object with its type's name, by which unions and interfaces tell it apart. */
export type NodeLike = { id: string; typename: string };

/** A table of the read model with names, descriptions, notes and labels. Names and SQL come from our own code. */
export type SearchedTable = Readonly<{
  table: string;
  /** SQL of a thing's opaque id, of the columns of `things`. */
  id: string;
  /** SQL that holds for the things of the type, if others stand there too. */
  condition?: string;
}>;
