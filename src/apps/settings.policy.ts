import { SETTINGS_AT_FIRST, type AppSettings } from "./app.events";
import type { Refusal } from "../lib/refusal";
import { timeZoneFault } from "../lib/timeZone";

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
export function settingsRefusals({ timeZone }: AppSettings): readonly Refusal[] {
  const message = timeZoneFault(timeZone);
  return message === null ? [] : [{ code: "INVALID", message, path: ["timeZone"] }];
}
