-- Webhooks as administrators list them, and as they are sent by.
create table models.webhooks (
  app text not null,
  id text collate "C" not null,
  url text not null,
  description text not null,
  filter json not null,
  secret_number integer not null,
  previous_secret_ends_at timestamptz,
  start_after bigint not null,
  start_revision bigint not null,
  revision bigint not null,
  anew_at timestamptz not null,
  disabled_reason text,
  disabled_at timestamptz,
  note text not null,
  created_at timestamptz not null,
  created_by text not null,
  updated_at timestamptz not null,
  updated_by text not null,
  primary key (id),
  constraint webhooks_app foreign key (app) references models.apps (app) deferrable initially deferred
);

create index webhooks_listed on models.webhooks (app, created_at, id);

create schema webhooks;

-- How far each webhook came. Not derived from the log, so it belongs into every backup.
create table webhooks.deliveries (
  webhook text collate "C" primary key,
  -- The revision of the event that said where to start; a later one starts anew.
  started bigint not null,
  -- Everything up to this revision of the app's stream was sent, or was not to be.
  revision bigint not null,
  -- Of the lease under which it was last written: who held an earlier one writes no more.
  token bigint not null,
  attempts bigint not null,
  -- In a row, of the next event to be sent.
  failures integer not null,
  failing_since timestamptz,
  next_attempt_at timestamptz
) with (fillfactor = 50);

-- The last attempts of each webhook, in a ring: a later one takes the place of the oldest.
create table webhooks.attempts (
  webhook text collate "C" not null,
  slot integer not null,
  number bigint not null,
  at timestamptz not null,
  event text not null,
  type text not null,
  status integer,
  duration_ms integer not null,
  error text,
  primary key (webhook, slot)
) with (fillfactor = 50);
