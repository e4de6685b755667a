/** Says what an unknown operator might have meant. */
export function unknownOperator(name: string, known: readonly string[]): string {
  const shown = name.length > NAME_LENGTH_MAX ? `${name.slice(0, NAME_LENGTH_MAX)}…` : name;
  const close = closest(shown.toLowerCase(), known);
  if (close !== null) return `There is no operator "${shown}" here. Did you mean "${close}"?`;
  return `There is no operator "${shown}" here. There are: ${known.join(", ")}.`;
}

const NAME_LENGTH_MAX = 40;
const TYPOS_MAX = 2;

function closest(name: string, known: readonly string[]): string | null {
  let best: string | null = null;
  let fewest = Math.min(TYPOS_MAX, name.length - 2) + 1;
  for (const candidate of known) {
    const typos = editDistance(name, candidate.toLowerCase());
    if (typos >= fewest) continue;
    best = candidate;
    fewest = typos;
  }
  return best;
}

/** Levenshtein's: how many letters to add, drop or change. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let index = 1; index <= from.length; index += 1) {
    const next = [index];
    for (let column = 1; column <= to.length; column += 1) {
      const changed = (row[column - 1] ?? 0) + (from[index - 1] === to[column - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
