import type { EnvironmentEvent } from "./environment.events";
import { invariant } from "../lib/invariant";

export type Environment = Readonly<{ name: string; description: string; isArchived: boolean }>;

/** By name, in order of creation. */
export type Environments = Map<string, Environment>;

export function evolveEnvironments(environments: Environments, { type, data }: EnvironmentEvent): void {
  switch (type) {
    case "EnvironmentCreated":
      environments.set(data.name, { name: data.name, description: data.description, isArchived: false });
      return;
    case "EnvironmentEdited":
      change(environments, data.name, { description: data.description });
      return;
    case "EnvironmentArchived":
      change(environments, data.name, { isArchived: true });
      return;
    case "EnvironmentRestored":
      change(environments, data.name, { isArchived: false });
      return;
  }
}

/** The names of those in which something can be published, in order of creation. */
export function openEnvironments({
  environments,
}: {
  environments: ReadonlyMap<string, Environment>;
}): string[] {
  return [...environments.values()].filter(({ isArchived }) => !isArchived).map(({ name }) => name);
}

function change(environments: Environments, name: string, changed: Partial<Environment>): void {
  const environment = environments.get(name);
  invariant(environment, `the stream changes environment "${name}" before it creates it`);
  environments.set(name, { ...environment, ...changed });
}
