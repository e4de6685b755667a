import type { AnyAppEvent } from "../../src/apps/app.state";
import type { ContentAt } from "../../src/definitions/define.policy";

/** The contents that events of an app hold, by revision. */
export const contentsOf =
  (events: readonly AnyAppEvent[]): ContentAt =>
  ({ revision }) =>
    events[revision]?.data;
