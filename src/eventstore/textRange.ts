/**
 * The half-open range, as `collate "C"` compares, of all texts that begin with `prefix` and do not hold the last code
 * point, which is no character.
 */
export function textRange(prefix: string): { from: string; to: string } {
  return { from: prefix, to: `${prefix}\u{10ffff}` };
}
