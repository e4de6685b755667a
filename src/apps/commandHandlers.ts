import { appDecider, type AppCommand } from "./app.decider";
import { slugOfStream } from "./app.events";
import { APP_STATE_VERSION, type AppState } from "./app.state";
import {
  INSTANCE_STATE_VERSION,
  instanceDecider,
  type InstanceCommand,
  type InstanceState,
} from "./instance.decider";
import { schemaVersionOf } from "./schemaVersions";
import { upcast } from "./upcasters";
import {
  createCommandHandler,
  type ClosableCommandHandler,
  type CommandHandlerOptions,
} from "../eventstore/commandHandler";
import { makeId } from "../lib/ids";

type Wiring = Omit<
  CommandHandlerOptions<never, never, never>,
  "decider" | "stateVersion" | "upcast" | "schemaVersionOf" | "newIdOf"
>;

/** Decides and appends for the streams of apps. */
export function createAppCommands(wiring: Wiring): ClosableCommandHandler<AppState, AppCommand> {
  return createCommandHandler({
    ...wiring,
    decider: appDecider,
    stateVersion: APP_STATE_VERSION,
    upcast,
    schemaVersionOf,
    newIdOf: (stream, prefix, rest) => makeId(prefix, slugOfStream(stream), rest),
  });
}

/** Decides and appends for the stream of what spans apps. */
export function createInstanceCommands(
  wiring: Wiring,
): ClosableCommandHandler<InstanceState, InstanceCommand> {
  return createCommandHandler({
    ...wiring,
    decider: instanceDecider,
    stateVersion: INSTANCE_STATE_VERSION,
    upcast,
    schemaVersionOf,
    newIdOf: (stream, prefix, rest) => makeId(prefix, stream, rest),
  });
}
