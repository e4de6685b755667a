-- The history of a whole app is read by its revisions, the newest first. What it is filtered by stands in the same index,
-- so that changes which a filter keeps back are passed over without being read. Further indexes would cost every change.
alter table models.changes drop constraint changes_pkey;
alter table models.changes add primary key (app, revision) include (kind, type, actor);
