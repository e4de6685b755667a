-- The note of an app's registration, from which an interrupted creation is completed.
alter table models.apps add column registration_note text not null default '';
