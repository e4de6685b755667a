import type { AppState } from "../apps/app.state";

/** The time zone that an app's days are of: UTC, as long as apps have no setting for it. */
export const timeZoneOf = (_state: Pick<AppState, "settings">): string => "UTC";
