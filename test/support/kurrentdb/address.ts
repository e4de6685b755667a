import { parseKurrentdbUrl, type KurrentdbAddress } from "../../../src/eventstore/kurrentdb/url";

/** @throws if the URL is none. */
export function addressOf(url: string): KurrentdbAddress {
  const parsed = parseKurrentdbUrl(url);
  if ("fault" in parsed) throw new Error(`The URL ${parsed.fault}.`);
  return parsed.value;
}
