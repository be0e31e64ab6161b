-- The report statement: writes the reports of several chunks, and answers how many more messages each may start.
-- Races are described in core/messaging/RACES.md.
--
-- Arrays side by side hold an item for each chunk (chunks to wanted_after), for each message that was sent (sent_*), for each
-- message with any other result (other_*), and for each id that a provider's receipts will name (ref_*). The program reads
-- this file, and numbers the parameters. To try it in psql, paste all of it: the lines that begin with a backslash are for
-- psql alone, and name no chunk that there is.

\set lease_seconds 30
\set chunks '''{0}'''
\set campaigns '''{0}'''
\set turns '''{0}'''
\set request_ids '''{null}'''
\set epochs '''{1}'''
\set probes '''{0}'''
\set uptos '''{0}'''
\set in_flights '''{0}'''
\set states '''{leased}'''
\set dues '''{null}'''
\set wanted '''{2}'''
\set wanted_upto '''{2}'''
\set wanted_after '''{0}'''
\set wanted_ids '''{1,2}'''
\set wanted_costs '''{1,1}'''
\set known '''{0}'''
\set senders '''{sms}'''
\set sent_ids '''{0}'''
\set sent_of '''{1}'''
\set sent_refs '''{mock-0}'''
\set sent_texts '''{Hi}'''
\set other_ids '''{0}'''
\set other_of '''{1}'''
\set other_statuses '''{pending}'''
\set other_attempts '''{1}'''
\set other_codes '''{provider.unavailable}'''
\set other_texts '''{Hi}'''
\set other_delays '''{1500}'''
\set other_untils '''{null}'''
\set other_buckets '''{1}'''
\set other_awaits '''{0}'''
\set ref_senders '''{}'''
\set ref_ids '''{}'''
\set ref_messages '''{}'''
\set other_avoids '''{1}'''
\set other_pins '''{0}'''

with
  -- The chunks that report. Arrays are unnested side by side in SELECT: in FROM each would be laid out in memory of its own.
  asked as (
    select row_number() over ()::int as nth, t.*
    from (
      select
        unnest(:chunks::bigint[]) as chunk,
        unnest(:campaigns::int[]) as campaign_id,
        unnest(:turns::smallint[]) as turn,
        unnest(:request_ids::text[]) as request_id,
        unnest(:epochs::int[]) as epoch,
        -- 1 for a chunk that may send although its sender's circuit is open.
        unnest(:probes::int[]) as probe,
        -- The sender that it was claimed for.
        unnest(:senders::text[]) as sender,
        -- The last message that was started.
        unnest(:uptos::bigint[]) as upto,
        unnest(:in_flights::int[]) as in_flight,
        unnest(:states::text[]) as state,
        -- Seconds since the epoch until which all its messages wait; null: it is due at once.
        unnest(:dues::float8[]) as due,
        -- Messages that it wants to start, and the last of them.
        unnest(:wanted::int[]) as wanted,
        unnest(:wanted_upto::bigint[]) as wanted_upto,
        -- Its share of wanted_ids begins after so many; null for a chunk whose sender had no limits when it was claimed.
        unnest(:wanted_after::int[]) as wanted_after,
        -- The latest suppression or withdrawal that was known when they were picked; null: none is looked for.
        unnest(:known::bigint[]) as known
    ) as t
  ),

  -- Race 31: nothing may start once the campaign is not `sending` any more, or its sender is paused or has its circuit open.
  allowed as materialized (
    select
      a.*,
      k.status = 'sending' and s.paused_at is null and (a.probe = 1 or s.opened_at is null) and not n.stale as may_start,
      n.stale,
      k.max_rate,
      case k.priority when 'low' then 0.25 when 'high' then 4 else 1 end as weight,
      coalesce(s.rate, s.rate_setting, s.concurrency, s.concurrency_setting, k.max_rate) is not null
        or s.hold_until > now() as limited
    from asked as a
    join campaigns as k on k.id = a.campaign_id
    left join senders as s on s.name = a.sender
    -- Race 38: a phone was suppressed since, or a consent withdrawn. Whoever asks looks at the messages again, and asks again.
    cross join lateral (
      select a.wanted > 0 and coalesce(a.known < greatest(
        (select id from suppressions order by id desc limit 1),
        (select id from consents where status = 'withdrawn' order by id desc limit 1)
      ), false) as stale
    ) as n
  ),

  -- Permits within the limits of each sender, whose row is locked until this statement commits: see the function's migration.
  -- A chunk that was claimed without limits names no costs. It gets no permits, and is given back: its next claim knows of them.
  granted as materialized (
    select l.nths[g.place] as nth, g.permits, g.wait_ms, g.start_ms, g.gap_ms, g.step_ms
    from (
      select
        sender,
        array_agg(nth order by nth) as nths,
        array_agg(chunk order by nth) as chunks,
        array_agg(campaign_id order by nth) as campaigns,
        array_agg(wanted order by nth) as wanted,
        array_agg(in_flight order by nth) as in_flights,
        array_agg(weight::float8 order by nth) as weights,
        array_agg(max_rate order by nth) as max_rates,
        array_agg(wanted_after order by nth) as costs_after
      from allowed
      where limited and may_start and wanted_after is not null and wanted > 0
      group by sender
      order by sender
    ) as l
    cross join lateral grant_permits(l.sender, l.chunks, l.campaigns, l.wanted, l.in_flights, l.weights, l.max_rates,
      l.costs_after, :wanted_costs::float8[]) as g
  ),

  -- How many more messages may start, once for each chunk, and when: the first after start_ms; each message takes gap_ms for
  -- each unit of its cost, and step_ms at least. The watermark is the last message that was started, or is permitted now.
  permit as materialized (
    select
      a.*,
      n.permits,
      case n.permits when 0 then a.upto
        else greatest(a.upto, case n.permits when a.wanted then a.wanted_upto
          else (:wanted_ids::bigint[])[a.wanted_after + n.permits] end) end as watermark,
      coalesce(g.wait_ms, 0) as wait_ms,
      coalesce(g.start_ms, 0) as start_ms,
      coalesce(g.gap_ms, 0) as gap_ms,
      coalesce(g.step_ms, 0) as step_ms
    from allowed as a
    left join granted as g on g.nth = a.nth
    cross join lateral (
      select case when not a.may_start then 0 when a.limited then coalesce(g.permits, 0) else a.wanted end as permits
    ) as n
  ),

  -- Messages that were sent, which is nearly all of them.
  -- Race 14: a status that is final stays. Race 10: a result counts once for each turn. In a CASE, because the planner,
  -- without statistics, takes either for so rare that it begins with them and reads the whole table.
  sent as (
    update outbound_messages as m
    set
      status = 'sent',
      attempts = m.attempts + 1,
      turn = m.turn + 1,
      updated_at = clock_timestamp(),
      provider_message_id = r.ref,
      last_error = null,
      rendered_content = r.content
    from (
      select
        unnest(:sent_ids::bigint[]) as id,
        unnest(:sent_of::int[]) as nth,
        unnest(:sent_refs::text[]) as ref,
        unnest(:sent_texts::text[]) as content
    ) as r
    where m.id = r.id
      and case when m.status = 'pending' then m.turn = (:turns::smallint[])[r.nth] else false end
    returning r.nth
  ),

  -- Messages with any other result, under the same guards (races 10 and 14). Of those that are tried again, the end of the
  -- due bucket, never before the message's own time; the same moment for all that may go at once.
  other as (
    update outbound_messages as m
    set
      status = r.status::message_status,
      attempts = r.attempts,
      turn = m.turn + 1,
      updated_at = clock_timestamp(),
      provider_message_id = null,
      last_error = r.code,
      history = case when r.code is null then m.history
        else coalesce(m.history, '[]') || jsonb_build_object('code', r.code, 'at', to_jsonb(clock_timestamp())) end,
      rendered_content = r.content
    from (
      select
        unnest(:other_ids::bigint[]) as id,
        unnest(:other_of::int[]) as nth,
        unnest(:other_statuses::text[]) as status,
        unnest(:other_attempts::smallint[]) as attempts,
        unnest(:other_codes::text[]) as code,
        unnest(:other_texts::text[]) as content,
        -- Seconds since the epoch, for a message that waits for a moment of the day.
        unnest(:other_untils::float8[]) as until,
        -- Milliseconds, and the width of the due bucket in seconds; 0: at once.
        unnest(:other_delays::float8[]) as delay,
        unnest(:other_buckets::float8[]) as bucket,
        -- 1 for a message in doubt, which waits for a receipt.
        unnest(:other_awaits::int[]) as awaits,
        -- 1: another sender is tried first; 1: no other sender may be tried.
        unnest(:other_avoids::int[]) as avoid,
        unnest(:other_pins::int[]) as pin
    ) as r
    where m.id = r.id
      and case when m.status = 'pending' then m.turn = (:turns::smallint[])[r.nth] else false end
    returning
      m.id,
      m.status,
      r.nth,
      r.code,
      r.awaits = 1 as awaiting,
      r.avoid,
      r.pin,
      r.until is not null as deferred,
      case when r.until is not null then to_timestamp(r.until)
        when r.bucket = 0 then to_timestamp(0)
        else to_timestamp(ceil((extract(epoch from now())::float8 + r.delay / 1000) / r.bucket) * r.bucket) end as due_bucket
  ),

  -- Ids by which receipts find their messages, where they name nothing else: true whatever becomes of the report.
  refs as (
    insert into provider_refs (sender, provider_id, message_id)
    select unnest(:ref_senders::text[]), unnest(:ref_ids::text[]), unnest(:ref_messages::bigint[])
    on conflict do nothing
  ),

  -- What the chunks' counters gain: by what was moved, not by what was reported (race 13).
  delta as (
    select nth, count(*)::int as sent
    from sent
    group by nth
  ),
  delta_other as (
    select
      nth,
      count(*)::int as moved,
      (count(*) filter (where status = 'failed'))::int as failed,
      (count(*) filter (where status = 'skipped'))::int as skipped,
      (count(*) filter (where status = 'unknown'))::int as unknown,
      (count(*) filter (where status = 'pending'))::int as retried
    from other
    group by nth
  ),
  delta_reasons as (
    select nth, jsonb_object_agg(key, count) as reasons
    from (
      select nth, status::text || ' ' || coalesce(code, 'none') as key, count(*) as count
      from other
      where status in ('failed', 'skipped', 'unknown')
      group by nth, status, code
    ) as by_reason
    group by nth
  ),

  -- Messages that are tried again go into a retry chunk of their parent, turn and due bucket. A long wait holds nobody else
  -- back: its bucket is another one. Race 10: those that wait for a receipt may all have been started. Their chunk accepts
  -- no others.
  retry as (
    insert into dispatch_chunks
      (campaign_id, parent_id, due_bucket, turn, ids, first_id, last_id, started_upto, awaiting, size, state, due_at, request_id,
        country, avoid, pinned, deferred_until)
    select
      a.campaign_id,
      case when not m.awaiting then a.chunk end,
      case when not m.awaiting then m.due_bucket end,
      a.turn + 1,
      array_agg(m.id order by m.id),
      min(m.id),
      max(m.id),
      case when m.awaiting then max(m.id) else 0 end,
      m.awaiting,
      count(*)::int,
      -- Read without a lock: of a pause that is being committed it sees nothing, and the rescue corrects what became of that.
      (select case when k.status = 'sending' then 'ready' else 'held' end::chunk_state
        from campaigns as k where k.id = a.campaign_id),
      greatest(m.due_bucket, now()),
      a.request_id,
      -- Of the row, and not of the report: a chunk keeps the route that it was queued for.
      (select p.country from dispatch_chunks as p where p.id = a.chunk),
      case when max(m.avoid) = 1 then a.sender end,
      case when max(m.pin) = 1 then a.sender end,
      case when bool_and(m.deferred) then m.due_bucket end
    from other as m
    join asked as a on a.nth = m.nth
    where m.status = 'pending'
    group by a.nth, a.campaign_id, a.chunk, a.turn, a.request_id, a.sender, m.due_bucket, m.awaiting
    on conflict (parent_id, turn, due_bucket) where state = 'ready' and parent_id is not null
    do update set
      ids = dispatch_chunks.ids || excluded.ids,
      first_id = least(dispatch_chunks.first_id, excluded.first_id),
      last_id = greatest(dispatch_chunks.last_id, excluded.last_id),
      size = dispatch_chunks.size + excluded.size,
      avoid = coalesce(excluded.avoid, dispatch_chunks.avoid),
      pinned = coalesce(dispatch_chunks.pinned, excluded.pinned),
      deferred_until = case when excluded.deferred_until is not null then dispatch_chunks.deferred_until end
    returning id
  ),

  -- A chunk is ours while it is leased under the epoch of whoever asks (races 9 and 11). The results count in any case.
  -- The watermark rises to the last message that was started, or is permitted now: one that is neither is never in doubt.
  written as (
    update dispatch_chunks as c
    set
      sent = c.sent + coalesce(d.sent, 0),
      failed = c.failed + coalesce(o.failed, 0),
      skipped = c.skipped + coalesce(o.skipped, 0),
      unknown = c.unknown + coalesce(o.unknown, 0),
      retried = c.retried + coalesce(o.retried, 0),
      reasons = case when s.reasons is null then c.reasons else sum_counts(c.reasons, s.reasons) end,
      -- Race 20: it moves, or whoever holds it is well and gives it back.
      progress_epoch = case when d.sent > 0 or o.moved > 0
        or (c.epoch = a.epoch and c.state = 'leased' and (a.state = 'ready' or a.watermark > c.started_upto))
        then c.epoch else c.progress_epoch end,
      started_upto = case when c.epoch = a.epoch and c.state = 'leased' then a.watermark else c.started_upto end,
      in_flight = case when c.epoch = a.epoch and c.state = 'leased' then a.in_flight + a.permits else c.in_flight end,
      lease_until = case when c.epoch = a.epoch and c.state = 'leased'
        then now() + :lease_seconds::float8 * interval '1 second' else c.lease_until end,
      state = case when not (c.epoch = a.epoch and c.state = 'leased') then c.state
        when a.state = 'ready' then
          (select case when k.status = 'sending' then 'ready' else 'held' end::chunk_state
            from campaigns as k where k.id = c.campaign_id)
        else a.state::chunk_state end,
      -- Given back as it was: its messages wait until then, and none of them is written.
      due_at = case when c.epoch = a.epoch and c.state = 'leased' and a.due is not null
        then to_timestamp(a.due) else c.due_at end,
      deferred_until = case when c.epoch = a.epoch and c.state = 'leased' and a.due is not null
        then to_timestamp(a.due) else c.deferred_until end
    from permit as a
    left join delta as d on d.nth = a.nth
    left join delta_other as o on o.nth = a.nth
    left join delta_reasons as s on s.nth = a.nth
    where c.id = a.chunk
    -- Race 11: whoever has lost the chunk, or gave it back, starts nothing of it: the row is the new one here.
    returning
      a.nth,
      coalesce(d.sent, 0) + coalesce(o.moved, 0) as moved,
      case when c.epoch = a.epoch and c.state = 'leased' then a.permits else 0 end as permits,
      case when c.epoch = a.epoch and c.state = 'leased' then a.wait_ms else 0 end as wait_ms,
      a.start_ms,
      a.gap_ms,
      a.step_ms,
      a.stale
  )
select * from written;
