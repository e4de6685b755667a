-- The unique index of log.events says what the last revision of a stream is, so nobody needs to write it down again.

-- Judges and appends many requests in one transaction, and answers each: appended, duplicate or conflict.
-- Per request: append_ids, request_streams, expected_revisions, event_counts, metas, recorded_ats.
-- Per event: event_requests (which request, from 1), event_places (which of its events, from 0), and what it holds.
-- Several requests of one stream are taken in their order, each expecting what the one before it leaves. Once one of
-- them conflicts, those behind it do too: they were decided over events that never came to be.
-- A writer that is null tells the others by itself, after the commit.
create or replace function log.append_batch(
  writer text,
  append_ids uuid[],
  request_streams text[],
  expected_revisions bigint[],
  event_counts integer[],
  metas text[],
  recorded_ats timestamptz[],
  event_requests integer[],
  event_places integer[],
  event_ids uuid[],
  event_types text[],
  event_schema_versions integer[],
  event_data text[]
)
returns table (request integer, outcome text, last_revision bigint, last_position bigint)
language plpgsql
-- The tables may be empty when a connection plans these statements, and large when it runs them.
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
#variable_conflict use_column
declare
  requests constant integer := cardinality(append_ids);
  outcomes text[] := array_fill('conflict'::text, array[requests]);
  last_revisions bigint[] := array_fill(-1::bigint, array[requests]);
  last_positions bigint[] := array_fill(0::bigint, array[requests]);
  -- The position before the first event of each request that is appended, and -1 for the others.
  positions_before bigint[] := array_fill(-1::bigint, array[requests]);
  touched text[] := '{}';
  touched_json text;
  head_before bigint;
  head_after bigint;
  candidate record;
  current_stream text;
  current_revision bigint;
  is_broken boolean;
begin
  select h.position into strict head_before from log.head h where h.one = 1 for update;
  head_after := head_before;

  -- Each statement from here on sees what was committed before the lock was given.
  for candidate in
    select r.request::integer, r.stream, r.expected, r.events,
           (select max(e.revision) from log.events e where e.stream = r.stream) as stream_revision,
           a.last_revision as known_revision, a.last_position as known_position
      from unnest(append_ids, request_streams, expected_revisions, event_counts)
             with ordinality as r (append_id, stream, expected, events, request)
      left join log.appends a on a.id = r.append_id
     order by r.stream collate "C", r.request
  loop
    if candidate.stream is distinct from current_stream then
      current_stream := candidate.stream;
      current_revision := coalesce(candidate.stream_revision, -1);
      is_broken := false;
    end if;

    if candidate.known_revision is not null then
      outcomes[candidate.request] := 'duplicate';
      last_revisions[candidate.request] := candidate.known_revision;
      last_positions[candidate.request] := candidate.known_position;
    elsif is_broken or candidate.expected <> current_revision then
      is_broken := true;
      last_revisions[candidate.request] := current_revision;
    else
      if touched[cardinality(touched)] is distinct from current_stream then
        touched := array_append(touched, current_stream);
      end if;
      positions_before[candidate.request] := head_after;
      head_after := head_after + candidate.events;
      current_revision := current_revision + candidate.events;
      outcomes[candidate.request] := 'appended';
      last_revisions[candidate.request] := current_revision;
      last_positions[candidate.request] := head_after;
    end if;
  end loop;

  if head_after > head_before then
    insert into log.events (position, stream, revision, id, type, schema_version, data, meta, recorded_at)
    select positions_before[e.request] + 1 + e.place, request_streams[e.request],
           last_revisions[e.request] - event_counts[e.request] + 1 + e.place,
           e.id, e.type, e.schema_version, e.data, metas[e.request], recorded_ats[e.request]
      from unnest(event_requests, event_places, event_ids, event_types, event_schema_versions, event_data)
             as e (request, place, id, type, schema_version, data)
     where positions_before[e.request] >= 0;

    insert into log.appends (id, stream, first_revision, last_revision, last_position)
    select append_ids[r], request_streams[r], last_revisions[r] - event_counts[r] + 1, last_revisions[r], last_positions[r]
      from generate_series(1, requests) as r
     where positions_before[r] >= 0;

    update log.head set position = head_after where one = 1;

    if writer is not null then
      -- A payload must be shorter than 8,000 bytes; without `streams` it may have been any.
      touched_json := to_json(touched)::text;
      perform pg_notify('log_appended', format(
        '{"writer":%s,"after":%s,"upTo":%s,"streams":%s}', to_json(writer), head_before, head_after,
        case when octet_length(touched_json) < 4000 then touched_json else 'null' end));
    end if;
  end if;

  return query
    select r, outcomes[r], last_revisions[r], last_positions[r] from generate_series(1, requests) as r;
end
$$;

drop table log.streams;
