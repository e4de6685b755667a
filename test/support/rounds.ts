/** How many rounds a test runs: `many` in `npm run test:long`, `few` in the suite. */
export function rounds(few: number, many: number): number {
  return process.env["LONG_TESTS"] === "1" ? many : few;
}
