-- Configs as people list them. `active` and `schedules` hold what is active and open now, by environment and by id;
-- `refers_to` holds, by version, what the versions in use point at.
create table models.configs (
  app text not null,
  id text not null,
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
  constraint configs_app foreign key (app) references models.apps (app) deferrable initially deferred
);

create index configs_listed on models.configs (app, name collate "C", id collate "C");

-- Every version that was ever saved, whole.
create table models.config_versions (
  app text not null,
  config_id text not null,
  version integer not null,
  name text not null,
  description text not null,
  content json not null,
  refers_to json not null,
  note text not null,
  created_at timestamptz not null,
  created_by text not null,
  primary key (config_id, version),
  constraint config_versions_config foreign key (config_id) references models.configs (id)
    deferrable initially deferred
);

-- Everything that was ever published or unpublished (then `version` is null), in the order of the app's revisions.
create table models.publications (
  app text not null,
  kind text not null,
  release_id text not null,
  revision bigint not null,
  environment text not null,
  version integer,
  previous_version integer,
  cause text not null,
  schedule_id text,
  due_at timestamptz,
  note text not null,
  published_at timestamptz not null,
  published_by text not null,
  primary key (release_id, revision),
  constraint publications_cause check (cause in ('BY_HAND', 'ARCHIVED', 'SCHEDULE', 'SCHEDULE_END'))
);

-- When each publication ended is when the next one in its environment came.
create index publications_following on models.publications (release_id, environment, revision);

-- What is and was scheduled. `due_at` is when its start or its end has to happen next, and null if neither will.
create table models.scheduled_publications (
  app text not null,
  id text not null,
  kind text not null,
  release_id text not null,
  revision bigint not null,
  version integer not null,
  environment text not null,
  starts_at timestamptz not null,
  ends_at timestamptz,
  status text not null,
  has_started boolean not null,
  reasons json not null,
  due_at timestamptz,
  note text not null,
  created_at timestamptz not null,
  created_by text not null,
  primary key (id),
  constraint scheduled_publications_status check (
    status in ('PENDING', 'RUNNING', 'DONE', 'CANCELLED', 'SUSPENDED')
  )
);

create index scheduled_publications_due on models.scheduled_publications (due_at) where due_at is not null;
create index scheduled_publications_of on models.scheduled_publications (release_id, revision);
