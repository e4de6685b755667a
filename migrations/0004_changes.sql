-- One row for each event of an app's stream: what changed, by whom, and the entity before and after.
create table models.changes (
  app text not null,
  revision bigint not null,
  id uuid not null,
  type text not null,
  kind text not null,
  entity text not null,
  -- Null for what concerns all environments.
  environment text,
  time timestamptz not null,
  actor text not null,
  -- json and not jsonb: the text stays as it was written.
  before json,
  after json,
  primary key (app, revision)
);

-- The history of one thing.
create index changes_of_entity on models.changes (app, entity, revision);

-- Where to start for "since": times never go back within an app.
create index changes_by_time on models.changes (app, time, revision);
