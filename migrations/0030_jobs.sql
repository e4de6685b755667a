-- Work that takes longer than a request: asked for, run by one server after the other, and looked at until it is forgotten.
create table server.jobs (
  id text collate "C" primary key,
  app text not null,
  environment text not null,
  kind text not null,
  -- What is to be done, as its kind reads it.
  input jsonb not null,
  status text not null default 'QUEUED' check (status in ('QUEUED', 'RUNNING', 'DONE', 'FAILED', 'CANCELLED')),
  -- How far it came, so that another server can go on from there.
  state jsonb,
  progress double precision not null default 0,
  result jsonb,
  failure text,
  -- The token of the lease under which it runs: what was begun under an earlier one does not count any more.
  fence bigint,
  -- How often it was begun since it last came further.
  attempts integer not null default 0,
  created_by text not null,
  created_at timestamptz not null default clock_timestamp(),
  started_at timestamptz,
  finished_at timestamptz
);

create index jobs_open on server.jobs (created_at) where status in ('QUEUED', 'RUNNING');
create index jobs_of_app on server.jobs (app) where status in ('QUEUED', 'RUNNING');
create index jobs_finished on server.jobs (finished_at) where finished_at is not null;
