-- Environments and apps can be edited, archived and restored, and an app has settings.

alter table models.environments
  add column description text not null default '',
  add column is_archived boolean not null default false,
  add column updated_at timestamptz not null default now(),
  add column updated_by text not null default '';

alter table models.apps
  add column settings json not null default '{}',
  add column is_archived boolean not null default false,
  add column updated_at timestamptz not null default now(),
  add column updated_by text not null default '';
