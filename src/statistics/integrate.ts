/** The integral from the first point to the last, in pieces between the points, by Gauss and Legendre's rule of 16 nodes each. */
export function integrate(height: (x: number) => number, points: readonly number[]): number {
  const sorted = [...new Set(points)].sort((one, other) => one - other);
  let whole = 0;
  for (const [index, to] of sorted.entries()) {
    const from = sorted[index - 1];
    if (from === undefined) continue;
    const half = (to - from) / 2;
    const middle = from + half;
    for (const { node, weight } of RULE) whole += half * weight * height(middle + half * node);
  }
  return whole;
}

const NODES = 16;

/** The roots of Legendre's polynomial, by Newton's method from where they are known to be near. */
const RULE = Array.from({ length: NODES }, (_, index) => {
  let node = Math.cos((Math.PI * (index + 0.75)) / (NODES + 0.5));
  let slope = 1;
  for (let round = 0; round < 8; round += 1) {
    const { value, derivative } = legendre(node);
    node -= value / derivative;
    slope = derivative;
  }
  return { node, weight: 2 / ((1 - node * node) * slope * slope) };
});

function legendre(x: number): { value: number; derivative: number } {
  let [before, value] = [1, x];
  for (let degree = 2; degree <= NODES; degree += 1) {
    [before, value] = [value, ((2 * degree - 1) * x * value - (degree - 1) * before) / degree];
  }
  return { value, derivative: (NODES * (x * value - before)) / (x * x - 1) };
}
