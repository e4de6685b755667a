-- How many different users were given a key by a version of a config or flag on a day, as a sketch of them: it cannot tell who.
create table delivery.reach (
  -- The id of the config or flag.
  source text collate "C" not null,
  environment text not null,
  -- Of the time zone that the app had then.
  day date not null,
  key text collate "C" not null,
  -- 0: of none.
  version integer not null,
  -- A byte for each register of a HyperLogLog; two of them are merged by the greater one of each.
  registers bytea not null,
  primary key (source, environment, day, key, version)
);

create index reach_by_day on delivery.reach (day);
