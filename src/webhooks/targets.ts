import { lookup as lookUpName, type LookupAddress } from "node:dns";
import type { LookupFunction } from "node:net";
import { isValid, parse } from "ipaddr.js";

/**
 * Whether an address is one of the public internet. Anything else (this machine, private networks, link-local ones with
 * their metadata services, what maps to another address) is not for webhooks, unless a setting allows it.
 */
export function isPublicAddress(address: string): boolean {
  return isValid(address) && parse(address).range() === "unicast" && !isInsideAnother(address);
}

/** Of the old form `::127.0.0.1`, which some systems take for the address that it ends with. */
function isInsideAnother(address: string): boolean {
  const parsed = parse(address);
  return (
    parsed.kind() === "ipv6" &&
    parsed
      .toByteArray()
      .slice(0, 12)
      .every((byte) => byte === 0)
  );
}

/** Why nothing may be sent to a URL whose host is an address, or null. What a name stands for is asked when connecting. */
export function targetFault(url: string, arePrivateAllowed: boolean): string | null {
  const host = hostOf(url);
  return arePrivateAllowed || !isValid(host) || isPublicAddress(host) ? null : addressFault(host);
}

export function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[(.*)\]$/, "$1");
}

export class AddressRefused extends Error {
  constructor(address: string) {
    super(addressFault(address));
    this.name = "AddressRefused";
  }
}

function addressFault(address: string): string {
  return `The address ${address} is not one of the public internet; WEBHOOK_PRIVATE_ADDRESSES=allow lets webhooks reach such ones.`;
}

/**
 * Looks up a name for a connection, and lets it reach none of the addresses that are refused: what was checked is what is
 * connected to, so a name that answers something else the next time gains nothing.
 */
export function publicLookup(lookUp: LookupFunction = lookUpName): LookupFunction {
  return (hostname, options, callback) => {
    lookUp(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, "");
      const addresses = found as LookupAddress[];
      const refused = addresses.find(({ address }) => !isPublicAddress(address));
      if (refused) return callback(new AddressRefused(refused.address), "");
      const [first] = addresses;
      if (options.all === true || !first) return callback(null, addresses);
      return callback(null, first.address, first.family);
    });
  };
}
