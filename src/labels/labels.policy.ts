/** How people sort the things of an app. Nothing that users get depends on it. */
export type Labels = Readonly<{
  /** Each once, in the order of their code units. */
  tags: readonly string[];
  /** The team or person in charge, by a name that the app's people agreed on. */
  owner: string | null;
  /** When it should be gone, or null if it may stay. */
  removeBy: string | null;
}>;

export const NO_LABELS: Labels = { tags: [], owner: null, removeBy: null };

/** The labels alone, of what holds more. */
export function labelsIn({ tags, owner, removeBy }: Labels): Labels {
  return { tags, owner, removeBy };
}

/** As rows hold them. */
export type LabelColumns = { tags: readonly string[]; owner: string | null; remove_by: string | null };

export const NO_LABEL_COLUMNS: LabelColumns = { tags: [], owner: null, remove_by: null };

export function labelColumns({ tags, owner, removeBy }: Labels): LabelColumns {
  return { tags, owner, remove_by: removeBy };
}

/** The labels in a row, as the API and the change feed show them. */
export function labelsOfRow({ tags, owner, remove_by }: Readonly<LabelColumns>): Labels {
  return { tags, owner, removeBy: remove_by };
}
