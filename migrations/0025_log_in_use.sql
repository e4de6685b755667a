-- The log that everything derived in this database is made of: positions of another one would mean other events.
create table server.log_in_use (
  one smallint primary key default 1 check (one = 1),
  log text not null
);
insert into server.log_in_use (log) select 'postgres' from log.head where position > 0;
