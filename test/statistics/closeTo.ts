/** Numbers that agree in their first six significant digits. What is written 0 may be the rounding of a subtraction. */
export function agree(one: number, other: number, digits = 6): boolean {
  if (one === other) return true;
  const larger = Math.max(Math.abs(one), Math.abs(other));
  return Math.abs(one - other) <= larger * 10 ** -digits || larger < 1e-14;
}

/** Fails with both texts beside each other unless all numbers agree. */
export function expectAgreement(
  got: Readonly<Record<string, number>>,
  expected: typeof got,
  digits = 6,
): void {
  const far = Object.entries(expected).filter(
    ([name, value]) => !agree(got[name] ?? Number.NaN, value, digits),
  );
  expect(Object.fromEntries(far.map(([name]) => [name, got[name]]))).toEqual(Object.fromEntries(far));
}
