-- The read models' tables stand in `models`. Everything in it can be deleted and is made anew from the log.
create schema models;

-- What servers agree on among themselves.
create schema server;

-- How far each read model has come in the log. Moves in the same statement as its rows.
create table server.checkpoints (
  name text primary key,
  version integer not null,
  -- Positions of one log order as strings do, byte by byte.
  position text collate "C" not null,
  -- Why it stands still, or null.
  failure text,
  updated_at timestamptz not null default now()
) with (fillfactor = 50);

-- Who does what only one server at a time should do. The token goes up with every new owner.
create table server.leases (
  name text primary key,
  owner text not null,
  token bigint not null,
  expires_at timestamptz not null
) with (fillfactor = 50);

-- Made once at random. Not derived from the log, so they belong into every backup.
create table server.secrets (
  name text primary key,
  secret bytea not null,
  created_at timestamptz not null default now()
);
