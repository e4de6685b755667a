/**
 * Ids of things in an app: `segment_shop_4f7qk2…`. The middle names the app, so that a command finds its stream
 * without a look-up. Clients treat them as opaque.
 */
export function makeId(prefix: string, app: string, rest: string): string {
  return `${prefix}_${app}_${rest}`;
}

/** The parts of an id made by `makeId`, or null for anything else. */
export function parseId(id: string): { prefix: string; app: string; rest: string } | null {
  const match = /^([a-z]+)_([a-z0-9-]+)_(.+)$/s.exec(id);
  return match ? { prefix: match[1] ?? "", app: match[2] ?? "", rest: match[3] ?? "" } : null;
}
