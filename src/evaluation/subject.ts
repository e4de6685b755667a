import type { Json } from "../lib/json";
import { clockAt, type Clock } from "./clock";
import { follow, ID_PROPERTY, pathOf, prepare, unitOf, type Preparation } from "./property";
import { VERSION_LENGTH_MAX } from "./conditionLimits";
import type { User } from "./model";

/** Whom a program is run for. Programs read it; what they read is looked up and prepared once for each run. */
export interface Subject {
  begin(user: User, now: number): void;
  user(): User;
  now(): number;
  /** The run's, of which nobody asks when it turns. */
  readonly clock: Clock;
  /** A reader of a property; readers of the same one share what they read. */
  property(path: string, preparation: Preparation): () => Json;
  /** A reader of what is bucketed, the same one for the same settings: the user's id, or a property with a fallback; "" if there is nothing. */
  unit(bucketBy: string | null, fallback: string | null): () => string;
  /** A reader that loads at most once for each run. */
  once<Value>(load: () => Value): () => Value;
}

export function newSubject(): Subject {
  const state = { user: nobody, now: 0, run: 0 };
  const cells: { run: number }[] = [];
  const properties = new Map<string, () => Json>();
  const units = new Map<string, () => string>();
  const versions = rememberingVersions();

  const once = <Value>(load: () => Value): (() => Value) => {
    const cell: { run: number; value: Value | null } = { run: 0, value: null };
    cells.push(cell);
    return () => {
      if (cell.run !== state.run) {
        cell.value = load();
        cell.run = state.run;
      }
      return cell.value as Value; // Set by this run's load.
    };
  };

  const property = (path: string, preparation: Preparation): (() => Json) => {
    const name = `${preparation} ${path}`;
    const known = properties.get(name);
    if (known !== undefined) return known;
    const prepareValue = preparation === "version" ? versions : (value: Json) => prepare(value, preparation);
    const load =
      preparation === "plain" ? pathReader(path, state) : after(property(path, "plain"), prepareValue);
    const reader = once(load);
    properties.set(name, reader);
    return reader;
  };

  return {
    begin(user, now) {
      state.user = user;
      state.now = now;
      state.run = state.run === RUN_MAX ? restart(cells) : state.run + 1;
    },
    user: () => state.user,
    now: () => state.now,
    clock: clockAt(() => state.now),
    once,
    property,
    unit(bucketBy, fallback) {
      const name = JSON.stringify([bucketBy, fallback]);
      const known = units.get(name) ?? unitReader(bucketBy, fallback, property);
      units.set(name, known);
      return known;
    },
  };
}

function unitReader(
  bucketBy: string | null,
  fallback: string | null,
  property: Subject["property"],
): () => string {
  const first = property(bucketBy ?? ID_PROPERTY, "plain");
  if (fallback === null) return () => unitOf(first());
  const second = property(fallback, "plain");
  return () => unitOf(first()) || unitOf(second());
}

function pathReader(path: string, run: Readonly<{ user: User }>): () => Json {
  const names = pathOf(path);
  if (names[0] === ID_PROPERTY) return () => follow(run.user.id, names, 1);
  return () => follow(run.user.properties, names, 0);
}

const after =
  (read: () => Json, change: (value: Json) => Json): (() => Json) =>
  () =>
    change(read());

const VERSIONS_REMEMBERED_MAX = 10_000;

/** Many users have the same few versions, and reading one is slow beside everything else. */
function rememberingVersions(): (value: Json) => Json {
  const known = new Map<Json, Json>();
  return (value) => {
    const remembered = known.get(value);
    if (remembered !== undefined) return remembered;
    const version = prepare(value, "version");
    if (typeof value !== "string" || value.length > VERSION_LENGTH_MAX) return version;
    if (known.size === VERSIONS_REMEMBERED_MAX) known.clear();
    known.set(value, version);
    return version;
  };
}

const nobody: User = { id: "", properties: {} };

// The largest number that V8 keeps without allocating.
const RUN_MAX = 2 ** 30 - 1;

function restart(cells: readonly { run: number }[]): number {
  for (const cell of cells) cell.run = 0;
  return 1;
}
