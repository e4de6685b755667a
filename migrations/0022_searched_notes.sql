-- Searching a thing's words looks into every note that it ever got. Changes without one cost nothing here.
create index changes_noted on models.changes (app, entity) where note <> '';
