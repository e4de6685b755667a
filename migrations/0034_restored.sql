-- How far each app's stream came in a backup that was restored here; empty in a database that grew by itself. A webhook that nobody
-- has changed since then sends nothing: whether this is the server that it should send from, only a person knows.
create table server.restored (
  app text primary key,
  revision bigint not null
);

-- What a consumer has acknowledged was of the log that a backup was made of: it has worked off events that this one does not have.
alter table server.consumers add column is_of_other_log boolean not null default false;
