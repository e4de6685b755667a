-- Keys and segments as people list them, and who uses them. The foreign keys and exclusions hold nothing together: the
-- deciders do. They are tripwires, which stop the read model if it ever shows what the rules forbid.

create table models.keys (
  app text not null,
  name text collate "C" not null,
  type text not null,
  default_value json not null,
  description text not null,
  -- SQL null if there is none.
  value_schema json,
  is_visible_to_clients boolean not null,
  is_archived boolean not null,
  created_at timestamptz not null,
  created_by text not null,
  updated_at timestamptz not null,
  updated_by text not null,
  primary key (app, name),
  -- Uses refer to an unarchived key by this.
  constraint keys_archived unique (app, name, is_archived),
  constraint keys_app foreign key (app) references models.apps (app) deferrable initially deferred
);

create table models.segments (
  app text not null,
  id text collate "C" not null,
  name text collate "C" not null,
  description text not null,
  condition json not null,
  note text not null,
  cloned_from text,
  is_archived boolean not null,
  created_at timestamptz not null,
  created_by text not null,
  updated_at timestamptz not null,
  updated_by text not null,
  primary key (id),
  constraint segments_archived unique (app, id, is_archived),
  constraint segments_name exclude using btree (app with =, name with =) where (not is_archived)
    deferrable initially deferred,
  constraint segments_app foreign key (app) references models.apps (app) deferrable initially deferred
);

create index segments_listed on models.segments (app, name, id);

create table models.key_uses (
  app text not null,
  key text collate "C" not null,
  user_kind text not null,
  user_id text collate "C" not null,
  user_name text collate "C" not null,
  key_is_archived boolean not null generated always as (false) stored,
  primary key (app, key, user_kind, user_id),
  constraint key_uses_key foreign key (app, key, key_is_archived) references models.keys (app, name, is_archived)
    deferrable initially deferred,
  constraint key_uses_one_release exclude using btree (app with =, key with =) where (user_kind in ('Config', 'Flag'))
    deferrable initially deferred
);

create table models.segment_uses (
  app text not null,
  segment text collate "C" not null,
  user_kind text not null,
  user_id text collate "C" not null,
  user_name text collate "C" not null,
  segment_is_archived boolean not null generated always as (false) stored,
  primary key (app, segment, user_kind, user_id),
  constraint segment_uses_segment foreign key (app, segment, segment_is_archived)
    references models.segments (app, id, is_archived) deferrable initially deferred
);
