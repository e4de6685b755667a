-- Of which users something was told or forgotten, for servers that keep what they know of them in memory. Each statement that writes
-- to what is known of users leaves a row, whoever makes it.
create table audience.changed_users (
  -- So that none is overlooked whose transaction ended after that of a later one.
  changed_by xid8 not null default pg_current_xact_id(),
  -- Null: of too many to be named.
  user_keys uuid[]
);

create index changed_users_in_order on audience.changed_users (changed_by);

create function audience.tell_changed_users() returns trigger
  language plpgsql as $$
  declare keys uuid[];
  begin
    select array_agg(distinct touched.user_key) into keys from touched;
    if keys is not null then
      insert into audience.changed_users (user_keys)
      values (case when cardinality(keys) <= 10000 then keys end);
    end if;
    return null;
  end $$;

create trigger tell_of_added_users after insert on audience.users
  referencing new table as touched for each statement execute function audience.tell_changed_users();
create trigger tell_of_changed_users after update on audience.users
  referencing new table as touched for each statement execute function audience.tell_changed_users();
create trigger tell_of_erased_users after delete on audience.users
  referencing old table as touched for each statement execute function audience.tell_changed_users();
create trigger tell_of_added_events after insert on audience.events
  referencing new table as touched for each statement execute function audience.tell_changed_users();
create trigger tell_of_changed_events after update on audience.events
  referencing new table as touched for each statement execute function audience.tell_changed_users();
create trigger tell_of_erased_events after delete on audience.events
  referencing old table as touched for each statement execute function audience.tell_changed_users();
