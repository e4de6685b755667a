-- Contents of versions stand in models.release_versions and nowhere else; the feed and the lists refer to them by number.
alter table models.releases add column subject json;
update models.releases set subject = json_build_object('keys', content -> 'keys') where kind = 'Config';
alter table models.releases alter column subject set not null;
alter table models.releases drop column content;

-- A version is written in the same statement as its release, so nothing is found out by asking for it again with every
-- version, which locks the release's row each time.
alter table models.release_versions drop constraint release_versions_release;
