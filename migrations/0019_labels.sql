-- What people sort the things of an app by. The defaults are what everything has until the read model is made anew.
alter table models.keys
  add column tags jsonb not null default '[]',
  add column owner text,
  add column remove_by timestamptz;
alter table models.segments
  add column tags jsonb not null default '[]',
  add column owner text,
  add column remove_by timestamptz;
alter table models.goals
  add column tags jsonb not null default '[]',
  add column owner text,
  add column remove_by timestamptz;
alter table models.releases
  add column tags jsonb not null default '[]',
  add column owner text,
  add column remove_by timestamptz,
  -- Who changed anything about it last.
  add column updated_by text not null default '';
