-- Everything that others can use while it is not archived. As the rows of who uses what refer to these, the read model
-- stops if it would ever show an archived thing in use.
create table models.usables (
  app text not null,
  -- GraphQL type name.
  kind text not null,
  -- A key's name, and of everything else its id.
  id text collate "C" not null,
  primary key (app, kind, id)
);

create table models.uses (
  app text not null,
  used_kind text not null,
  used_id text collate "C" not null,
  user_kind text not null,
  user_id text collate "C" not null,
  user_name text collate "C" not null,
  primary key (app, used_kind, used_id, user_id),
  constraint uses_usable foreign key (app, used_kind, used_id) references models.usables (app, kind, id)
    deferrable initially deferred,
  constraint uses_one_release exclude using btree (app with =, used_id with =)
    where (used_kind = 'Key' and user_kind in ('Config', 'Flag'))
    deferrable initially deferred
);

-- The rows are taken over, so that everything can be read while the read model is made anew.
insert into models.usables
  select app, 'Key', name from models.keys where not is_archived
  union all
  select app, 'Segment', id from models.segments where not is_archived;

insert into models.uses
  select app, 'Key', key, user_kind, user_id, user_name from models.key_uses
  union all
  select app, 'Segment', segment, user_kind, user_id, user_name from models.segment_uses;

drop table models.key_uses;
drop table models.segment_uses;

alter table models.keys drop constraint keys_archived;
alter table models.segments drop constraint segments_archived;
