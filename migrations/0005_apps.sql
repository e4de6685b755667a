-- Apps and their environments, as people list them. A registered app becomes ready with its own stream's first event.
create table models.apps (
  app text not null,
  name text not null,
  status text not null,
  created_at timestamptz not null,
  created_by text not null,
  primary key (app),
  constraint apps_status check (status in ('REGISTERED', 'READY'))
);

-- Apps whose creation was interrupted are looked for at every start, and there are next to none.
create index apps_registered on models.apps (app) where status = 'REGISTERED';

create table models.environments (
  app text not null,
  name text not null,
  ordinal integer not null,
  created_at timestamptz not null,
  created_by text not null,
  primary key (app, name),
  constraint environments_app foreign key (app) references models.apps (app) deferrable initially deferred
);
