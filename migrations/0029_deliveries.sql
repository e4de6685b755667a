create schema delivery;

-- What can be counted: an answer that users got, with where it came from. Named by the hash of all that stands here.
create table delivery.outcomes (
  id uuid primary key,
  app text not null,
  environment text not null,
  -- The key's name.
  key text collate "C" not null,
  -- The config or flag that the key was published in; both null if it was in none.
  source text collate "C",
  version integer,
  segment text collate "C",
  reason text not null,
  -- Canonical JSON; null: one of those beyond the bound of different values.
  value text,
  created_at timestamptz not null default clock_timestamp()
);

create index outcomes_of_source on delivery.outcomes (source, environment);

-- How often, by the hour.
create table delivery.counts (
  outcome uuid not null references delivery.outcomes (id),
  hour timestamptz not null,
  count bigint not null,
  primary key (outcome, hour)
) with (fillfactor = 70);

-- What has been counted, so that what is sent again counts once. `app` is empty for what servers count themselves.
create table delivery.batches (
  app text not null,
  id text collate "C" not null,
  counted_at timestamptz not null default clock_timestamp(),
  primary key (app, id)
);
