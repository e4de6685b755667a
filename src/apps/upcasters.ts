import { schemaVersions } from "./schemaVersions";
import { createUpcast, type Upcaster } from "../eventstore/upcasters";

/** By event type: what brings version 1 of its shape to 2, then 2 to 3. All types are at version 1 yet. */
const upcasters: ReadonlyMap<string, readonly Upcaster[]> = new Map();

/** Every reader of the log sees its events through this. */
export const upcast = createUpcast({ current: schemaVersions, upcasters });
