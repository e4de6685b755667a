-- Consumers of the feed whose cursor is kept here. They are no part of the log: what they have worked off changes far more
-- often than anything that people decide, and nobody wants to read it as history.
create table server.consumers (
  app text not null,
  name text not null,
  partitions integer not null check (partitions between 1 and 64),
  created_at timestamptz not null default clock_timestamp(),
  primary key (app, name)
);

-- Each partition is worked on by one instance at a time.
create table server.consumer_partitions (
  app text not null,
  name text not null,
  number integer not null,
  -- Everything up to here is acknowledged; -1 is before the first event.
  revision bigint not null,
  acknowledged_at timestamptz,
  -- Greater for each new holder, and after a reset: what an earlier one says does not count any more.
  fence bigint not null default 0,
  holder text,
  leased_until timestamptz,
  primary key (app, name, number),
  foreign key (app, name) references server.consumers (app, name) on delete cascade
);
