-- Where each flag is switched off, by environment: when, by whom and why. A flag that never was has no row.
create table models.flag_switches (
  flag_id text not null,
  disabled_in json not null,
  primary key (flag_id),
  constraint flag_switches_flag foreign key (flag_id) references models.releases (id) deferrable initially deferred
);
