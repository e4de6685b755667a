import type { ConfigContent, ConfigEvent } from "./config.events";
import { invariant } from "../lib/invariant";
import { releaseEventReader } from "../releases/release.events";
import { evolveReleases, type Releases } from "../releases/release.state";

const releaseEvent = releaseEventReader<ConfigContent>("Config");

export function evolveConfigs(configs: Releases, event: ConfigEvent, facts: { revision: number }): void {
  const release = releaseEvent(event);
  invariant(release, `${event.type} is an event of a config`);
  evolveReleases(configs, release, facts);
}
