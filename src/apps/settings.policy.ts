import { SETTINGS_AT_FIRST, type AppSettings } from "./app.events";
import type { Refusal } from "../lib/refusal";
import { timeZoneFault } from "../lib/timeZone";

/** An event may be sent 30 days late, and again for a week. */
export const RETENTION_DAYS_MIN = 40;
export const RETENTION_DAYS_MAX = 3_650;

/** What is to change; what is left out, or is no setting, stays as it is. */
export type WantedSettings = { readonly [Setting in keyof AppSettings]?: AppSettings[Setting] | undefined };

/** The settings with what is wanted. */
export function changedSettings(settings: AppSettings, wanted: WantedSettings): AppSettings {
  const told = Object.entries(wanted).filter(
    ([name, value]) => Object.hasOwn(SETTINGS_AT_FIRST, name) && value !== undefined,
  );
  return { ...settings, ...Object.fromEntries(told) };
}

/** Every reason that an app cannot have such settings. */
export function settingsRefusals({ timeZone, retentionDays }: AppSettings): readonly Refusal[] {
  const message = timeZoneFault(timeZone);
  const ofZone: readonly Refusal[] =
    message === null ? [] : [{ code: "INVALID", message, path: ["timeZone"] }];
  const isKept =
    Number.isInteger(retentionDays) &&
    retentionDays >= RETENTION_DAYS_MIN &&
    retentionDays <= RETENTION_DAYS_MAX;
  return isKept ? ofZone : [...ofZone, notKept];
}

const notKept: Refusal = {
  code: "INVALID",
  message: `What users did is kept for ${RETENTION_DAYS_MIN} to ${RETENTION_DAYS_MAX} days, in whole ones.`,
  path: ["retentionDays"],
};
