import type { ConfigEvent } from "./config.events";
import { evolveReleases, type Releases } from "../releases/release.state";
import type { ReleaseEvent } from "../releases/release.events";

export function evolveConfigs(configs: Releases, event: ConfigEvent, facts: { revision: number }): void {
  const type = event.type.slice("Config".length);
  evolveReleases(configs, { type, data: event.data } as ReleaseEvent<unknown>, facts);
}
