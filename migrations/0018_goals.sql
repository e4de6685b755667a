-- Goals as people list them.
create table models.goals (
  app text not null,
  id text collate "C" not null,
  name text collate "C" not null,
  description text not null,
  events json not null,
  value_property text,
  note text not null,
  is_archived boolean not null,
  created_at timestamptz not null,
  created_by text not null,
  updated_at timestamptz not null,
  updated_by text not null,
  primary key (id),
  constraint goals_name exclude using btree (app with =, name with =) where (not is_archived)
    deferrable initially deferred,
  constraint goals_app foreign key (app) references models.apps (app) deferrable initially deferred
);

create index goals_listed on models.goals (app, name, id);
