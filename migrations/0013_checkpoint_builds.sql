-- How often the read model's tables were put in place by a rebuild. A server that keeps rows of the ones before, in memory,
-- learns of it with its next write, also where the rebuild came no further than it.
alter table server.checkpoints add column builds integer not null default 0;
