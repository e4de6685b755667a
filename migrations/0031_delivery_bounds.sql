-- How many different outcomes are stored of a key in an hour, while there may come more.
create table delivery.key_hours (
  app text not null,
  environment text not null,
  key text collate "C" not null,
  hour timestamptz not null,
  outcomes integer not null,
  primary key (app, environment, key, hour)
) with (fillfactor = 70);

-- By these, what is too old is found.
create index counts_by_hour on delivery.counts (hour);
create index batches_by_time on delivery.batches (counted_at);
create index key_hours_by_hour on delivery.key_hours (hour);
