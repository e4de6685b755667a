-- One row for each event of an app's stream: what changed, by whom, and the entity after it. (Before it, the
-- entity was what the row before of the same entity says.)
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
  -- JSON, and never searched: as text, nobody parses it until somebody wants to see it.
  after text,
  primary key (app, revision)
);

-- The history of one thing, and what it was before.
create index changes_of_entity on models.changes (app, entity, revision);
