-- Configs and what else has versions stand in one pair of tables, told apart by their kind. The rows are taken over, so
-- that everything can be read while the read model is made anew.
create table models.releases (
  app text not null,
  id text not null,
  -- GraphQL type name.
  kind text not null,
  name text not null,
  description text not null,
  is_archived boolean not null,
  latest_version integer not null,
  content json not null,
  note text not null,
  active json not null,
  schedules json not null,
  refers_to json not null,
  created_at timestamptz not null,
  created_by text not null,
  updated_at timestamptz not null,
  primary key (id),
  constraint releases_app foreign key (app) references models.apps (app) deferrable initially deferred
);

create index releases_listed on models.releases (app, kind, name collate "C", id collate "C");

-- Every version that was ever saved, whole.
create table models.release_versions (
  app text not null,
  release_id text not null,
  version integer not null,
  name text not null,
  description text not null,
  content json not null,
  refers_to json not null,
  note text not null,
  created_at timestamptz not null,
  created_by text not null,
  primary key (release_id, version),
  constraint release_versions_release foreign key (release_id) references models.releases (id)
    deferrable initially deferred
);

insert into models.releases
  select app, id, 'Config', name, description, is_archived, latest_version, content, note, active, schedules, refers_to,
         created_at, created_by, updated_at
    from models.configs;

insert into models.release_versions
  select app, config_id, version, name, description, content, refers_to, note, created_at, created_by
    from models.config_versions;

drop table models.config_versions;
drop table models.configs;
