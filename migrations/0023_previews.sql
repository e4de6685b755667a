-- Whom previews are for, as a reference to a list of user ids; null: nobody.
alter table models.apps add column test_users json;

-- The previews that go on, by id.
alter table models.releases add column previews json not null default '{}';

-- Every preview there ever was.
create table models.previews (
  app text not null,
  id text not null,
  kind text not null,
  release_id text not null,
  revision bigint not null,
  version integer not null,
  environment text not null,
  ends_at timestamptz not null,
  note text not null,
  started_at timestamptz not null,
  started_by text not null,
  -- All three null while it goes on.
  ended_at timestamptz,
  ended_by text,
  end_cause text,
  primary key (id),
  constraint previews_release foreign key (release_id) references models.releases (id) deferrable initially deferred
);

create index previews_of_release on models.previews (release_id, revision);
create index previews_open on models.previews (app, revision) where ended_at is null;
create index previews_due on models.previews (ends_at) where ended_at is null;
