-- Experiments as people list them.
create table models.experiments (
  app text not null,
  id text collate "C" not null,
  name text collate "C" not null,
  description text not null,
  environment text collate "C" not null,
  segment_id text,
  traffic double precision not null,
  bucket_by text,
  bucket_by_fallback text,
  variations json not null,
  goals json not null,
  note text not null,
  is_archived boolean not null,
  tags jsonb not null default '[]',
  owner text,
  remove_by timestamptz,
  created_at timestamptz not null,
  created_by text not null,
  updated_at timestamptz not null,
  updated_by text not null,
  primary key (id),
  constraint experiments_name exclude using btree (app with =, name with =) where (not is_archived)
    deferrable initially deferred,
  constraint experiments_app foreign key (app) references models.apps (app) deferrable initially deferred
);

create index experiments_listed on models.experiments (app, name, id);
