-- What was noted with the latest change of a key.
alter table models.keys add column note text not null default '';
