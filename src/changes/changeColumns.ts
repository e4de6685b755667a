/** SQL: the JSON text of a change's entity before it, of a row of `changes`. */
export const BEFORE = `
  (select earlier.after
     from models.changes earlier
    where earlier.app = changes.app
      and earlier.entity = changes.entity
      and earlier.revision < changes.revision
    order by earlier.revision desc
    limit 1)`;

const FACTS = `
  changes.app, changes.revision, changes.id, changes.type, changes.kind, changes.entity, changes.environment,
  changes.time, changes.actor, changes.note`;

/** As \`CHANGE_COLUMNS\`, with the documents as they are stored; give the rows to \`completeTexts\`. */
export const CHANGE_TEXTS = `${FACTS}, ${BEFORE} as before, changes.after`;

/**
 * Everything that a change shows, for queries over `models.changes`; give the rows to `completeChanges`. An entity is
 * before an event what it was after the event before, which the index over entities finds at once, so it is not stored a
 * second time.
 */
export const CHANGE_COLUMNS = `${FACTS}, ${BEFORE}::json as before, changes.after::json as after`;
