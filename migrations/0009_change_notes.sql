-- Why something was changed, in its author's words. Until the read model is made anew, older changes show none.
alter table models.changes add column note text not null default '';
