-- What the server keeps about an app's users. Not derived from the log, so it belongs into every backup.
create schema audience;

-- Lists of user ids that conditions name by the hash of their content. Events carry hash and count, never an id of a user.
create table audience.user_lists (
  app text not null,
  list text not null,
  -- When it was made. Erasing a user takes members away and leaves this.
  count integer not null,
  created_at timestamptz not null default now(),
  primary key (app, list)
);

create table audience.user_list_members (
  app text not null,
  list text not null,
  user_id text collate "C" not null,
  primary key (app, list, user_id),
  foreign key (app, list) references audience.user_lists (app, list)
);

-- Erasing a user finds their lists by this.
create index user_list_members_by_user on audience.user_list_members (app, user_id);
