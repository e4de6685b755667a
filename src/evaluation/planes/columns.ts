/** A few of many columns of bits: the words that they stand in, and which bits of each. */
export type Columns = Readonly<{ words: Int32Array; bits: Int32Array }>;

export const WORD_BITS = 32;
export const wordsFor = (columns: number): number => Math.ceil(columns / WORD_BITS);

export function columnsOf(numbers: Iterable<number>): Columns {
  const bitsOf = new Map<number, number>();
  for (const column of numbers) {
    const word = Math.floor(column / WORD_BITS);
    bitsOf.set(word, (bitsOf.get(word) ?? 0) | (1 << (column % WORD_BITS)));
  }
  return { words: Int32Array.from(bitsOf.keys()), bits: Int32Array.from(bitsOf.values()) };
}

export function clear(alive: Int32Array, { words, bits }: Columns): void {
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] as number;
    alive[word] = (alive[word] as number) & ~(bits[index] as number);
  }
}

export function isAnyAlive(alive: Int32Array, { words, bits }: Columns): boolean {
  for (let index = 0; index < words.length; index += 1) {
    if (((alive[words[index] as number] as number) & (bits[index] as number)) !== 0) return true;
  }
  return false;
}

/** Rows of bits over the words that some conditions' columns stand in: 1 where all conditions of a column hold. */
export interface Rows {
  /** In rows that are added from now on, this condition holds, or not. At first all do. */
  set(condition: number, holds: boolean): void;
  /** Adds a row as it is now, and gives its number. */
  add(): number;
  /** Leaves alive what is 1 in the row. */
  and(alive: Int32Array, row: number): void;
}

export function newRows(columnsOfConditions: readonly Columns[]): Rows {
  const words = Int32Array.from(new Set(columnsOfConditions.flatMap((columns) => [...columns.words])));
  const placeOf = new Map([...words].map((word, place) => [word, place]));
  const width = words.length;
  const current = new Int32Array(width).fill(-1);
  /** For each column, how many of its conditions do not hold. */
  const failing = new Uint32Array(width * WORD_BITS);
  const holding = new Uint8Array(columnsOfConditions.length).fill(1);
  let rows = new Int32Array(width * FIRST_ROWS);
  let count = 0;
  return {
    set(condition, holds) {
      if (holding[condition] === Number(holds)) return;
      holding[condition] = Number(holds);
      for (const [word, bit] of bitsIn(columnsOfConditions[condition])) {
        const place = placeOf.get(word) ?? 0;
        const column = place * WORD_BITS + bit;
        const fails = (failing[column] ?? 0) + (holds ? -1 : 1);
        failing[column] = fails;
        const mask = 1 << bit;
        current[place] = fails === 0 ? (current[place] ?? 0) | mask : (current[place] ?? 0) & ~mask;
      }
    },
    add() {
      if ((count + 1) * width > rows.length) rows = doubled(rows);
      rows.set(current, count * width);
      count += 1;
      return count - 1;
    },
    and(alive, row) {
      const from = row * width;
      for (let place = 0; place < width; place += 1) {
        const word = words[place] as number;
        alive[word] = (alive[word] as number) & (rows[from + place] as number);
      }
    },
  };
}

function* bitsIn(columns: Columns | undefined): Generator<readonly [word: number, bit: number]> {
  for (const [index, word] of columns?.words.entries() ?? []) {
    for (let bits = columns?.bits[index] ?? 0; bits !== 0; bits &= bits - 1) {
      yield [word, 31 - Math.clz32(bits & -bits)];
    }
  }
}

const FIRST_ROWS = 4;

function doubled(rows: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.max(rows.length * 2, 1));
  larger.set(rows);
  return larger;
}
