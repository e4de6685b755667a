-- The ids without a name that became this user; those have rows of their own, which say so in alias_of and hold nothing else.
alter table audience.users add column aliases text[] collate "C" not null default '{}';

-- Lists of user ids in which members were taken out or put back, for servers that have them in memory.
create table server.changed_lists (
  app text not null,
  list text not null,
  -- So that none is overlooked whose transaction ended after that of a later one.
  changed_by xid8 not null default pg_current_xact_id(),
  changed_at timestamptz not null default clock_timestamp()
);
