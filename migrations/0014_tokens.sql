-- Tokens as administrators list them, and as requests are authenticated by them. `app` is null for tokens of all apps.
-- Of secrets only SHA-256 is kept: `hash` of the one that counts, `previous_hash` of the one before it.
create table models.tokens (
  id text collate "C" not null,
  app text,
  -- What stands in events as the one who did something with it.
  actor text not null,
  name text collate "C" not null,
  kind text not null,
  role text,
  environments json,
  -- Both null once it is revoked.
  hash text,
  previous_hash text,
  previous_ends_at timestamptz,
  expires_at timestamptz,
  -- Of the latest change.
  note text not null,
  created_at timestamptz not null,
  created_by text not null,
  rotated_at timestamptz,
  revoked_at timestamptz,
  revoked_by text,
  primary key (id),
  constraint tokens_app foreign key (app) references models.apps (app) deferrable initially deferred
);

create index tokens_by_hash on models.tokens (hash);
create index tokens_by_previous_hash on models.tokens (previous_hash) where previous_hash is not null;
create index tokens_listed on models.tokens (app, name, id);

create schema access;

-- When tokens were last used. Not derived from the log, so it belongs into every backup; losing it costs nothing else.
create table access.token_uses (
  token text collate "C" primary key,
  last_used_at timestamptz not null
) with (fillfactor = 50);
