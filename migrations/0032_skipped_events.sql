-- Events that an operator has decided to skip, since nobody can read them: what stands in the log stays as it is, and every
-- reader gets, in its place, an event that says so.
create table log.skipped_events (
  stream text collate "C" not null,
  revision bigint not null,
  -- Of the event that stands there. Another one at that place is no skipped event.
  stored_id text not null,
  -- Of the event in its place.
  id uuid not null,
  -- Of the event that stands there, as far as that can be read.
  type text not null,
  reason text not null,
  -- JSON, of the event in its place.
  meta text not null,
  skipped_at timestamptz not null default now(),
  primary key (stream, revision)
);
