-- The app that a registered one starts as a copy of, from which an interrupted copy is completed.
alter table models.apps add column registration_copied_from text;
