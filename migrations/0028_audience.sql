-- What is known of an app's users. Not event-sourced: it is personal, it is much, and it is to be forgotten.
-- Every statement about a user names its key, made of app, environment and id, and joins no other user: so these tables can be
-- distributed by it over several machines.
create table audience.users (
  user_key uuid primary key,
  app text not null,
  environment text not null,
  id text collate "C" not null,
  properties jsonb not null default '{}',
  -- The known user that this one, who had no name yet, turned out to be.
  alias_of uuid,
  created_at timestamptz not null default clock_timestamp(),
  -- When the properties were last changed.
  updated_at timestamptz not null default clock_timestamp()
);

-- Keys are hashes, so users in the order of their keys are in no order at all: a part of them is a fair sample.
create index users_of_environment on audience.users (app, environment, user_key);

-- By the time at which they happened, so that what is too old goes by the month.
create table audience.events (
  user_key uuid not null,
  -- The sender's own, unique for the user.
  id text collate "C" not null,
  name text collate "C" not null,
  at timestamptz not null,
  -- JSON whose members are in order, so that equal ones are equal as texts.
  properties text not null,
  received_at timestamptz not null default clock_timestamp(),
  primary key (user_key, id, at)
) partition by range (at);

create index events_of_user on audience.events (user_key, name, at);

-- Properties with others put over them; what is null there is taken away.
create function audience.merged(properties jsonb, over jsonb) returns jsonb
  language sql immutable parallel safe strict
  return (properties || over) - array (select key from jsonb_each(over) where value = 'null'::jsonb);
