-- The fold: moves due receipts from the inbox into their messages, and counts them on the campaigns. It answers how many it
-- took and how many changed a message, the messages without a result that a receipt shows to be with the provider, and the
-- phones that a provider refuses as such.
--
-- It never waits for a lock: what another transaction holds is left for the next run. So it holds nobody up for long, is part
-- of no deadlock, and of two processes that fold at once each finds other receipts. To try it in psql, paste all of it.

\set size 1000

with
  picked as materialized (
    select r.ctid as place, r.sender, r.reference, r.echoed, r.provider_id, r.delivery, r.code, r.about, r.received_at
    from receipts as r
    where r.due_at <= now()
    order by r.due_at
    limit :size::int
    for update skip locked
  ),

  -- A reference is our id, or the provider's. Race 40: one that names no message yet, because the report is not committed, is
  -- looked up again later.
  named as materialized (
    select p.*, case when p.echoed then p.reference::bigint else f.message_id end as message_id
    from picked as p
    left join lateral (
      select i.message_id
      from provider_refs as i
      where not p.echoed and i.sender = p.sender and i.provider_id = p.reference
      limit 1
    ) as f on true
  ),

  message as materialized (
    select m.id, m.campaign_id, m.customer_id, m.status, m.turn, m.delivery, m.updated_at
    from outbound_messages as m
    where m.id = any(array(select message_id from named where message_id is not null))
    for no key update skip locked
  ),

  -- One process at a time counts for a campaign. Workers never lock it, and whoever controls it waits for one run at most.
  campaign as materialized (
    select k.id, k.channel
    from campaigns as k
    where k.id = any(array(select distinct campaign_id from message where status = 'sent'))
    for no key update skip locked
  ),

  -- The highest rank of each message, of those that came and the one that it has (race 14): whatever their order, and however
  -- often they come, the end is the same.
  best as materialized (
    select distinct on (message_id) *
    from named
    where message_id is not null
    order by message_id, delivery desc
  ),
  change as materialized (
    select
      m.id, m.campaign_id, m.customer_id, m.updated_at, m.delivery as before, b.delivery as after, b.code, b.about, b.sender,
      k.channel
    from best as b
    join message as m on m.id = b.message_id
    join campaign as k on k.id = m.campaign_id
    where m.status = 'sent' and (m.delivery is null or b.delivery > m.delivery)
  ),
  written as (
    update outbound_messages as m
    set delivery = c.after, delivery_code = case when c.after = 'undelivered' then c.code end
    from change as c
    where m.id = c.id
  ),

  -- By what changed, not by what came (race 13). A message that is read counts as delivered too.
  counted as (
    update campaigns as k
    set
      delivered = k.delivered + d.delivered,
      undelivered = k.undelivered + d.undelivered,
      read = k.read + d.read
    from (
      select
        campaign_id,
        (count(*) filter (where after >= 'delivered' and (before is null or before < 'delivered')))::int as delivered,
        (count(*) filter (where after = 'undelivered') - count(*) filter (where before = 'undelivered'))::int as undelivered,
        (count(*) filter (where after = 'read'))::int as read
      from change
      group by campaign_id
    ) as d
    where k.id = d.campaign_id
  ),

  -- What the provider said of the phone. A customer who was changed since may have another one by now.
  refused as (
    select
      u.phone, c.channel, case c.about when 'number' then 'invalid' else 'opt_out' end as reason, 'receipt' as source,
      c.sender, c.code
    from change as c
    join lateral (select phone from customers where id = c.customer_id and updated_at <= c.updated_at limit 1) as u on true
    where c.after = 'undelivered' and c.about in ('number', 'opt_out')
  ),

  -- Folded, or without news; and of a message that failed, whatever says no more than that.
  closed as materialized (
    select n.place
    from named as n
    join message as m on m.id = n.message_id
    where case
      when m.status = 'sent' then m.campaign_id in (select id from campaign)
      else m.status in ('failed', 'skipped') and n.delivery < 'delivered'
    end
  ),
  deleted as (
    delete from receipts where ctid = any(array(select place from closed))
  ),
  -- The rest is tried again, in ever longer steps: the message is in flight, locked, in doubt, or none of ours.
  parked as (
    update receipts as r
    set due_at = now() + least(greatest((now() - r.received_at) / 2, interval '200 milliseconds'), interval '15 minutes')
    where ctid = any(array(select place from picked except select place from closed))
  ),

  -- Race 10: a receipt shows that the provider has the message. One that is pending becomes sent only while nobody works
  -- on it: it waits for a receipt, or for another try. Whoever works on it reports more than a receipt tells.
  doubtful as (
    select b.message_id::text, m.campaign_id, b.sender, b.reference, b.provider_id
    from best as b
    join message as m on m.id = b.message_id
    where case m.status
      when 'sent' then false
      when 'unknown' then true
      when 'pending' then m.turn > 0 and exists (
        select 1
        from dispatch_chunks as c
        where c.campaign_id = m.campaign_id
          and c.state in ('held', 'ready', 'published')
          and c.turn = m.turn
          and m.id = any(c.ids)
      )
      else b.delivery >= 'delivered'
    end
  )
select
  (select count(*) from picked)::int as taken,
  (select count(*) from change)::int as changed,
  (select coalesce(json_agg(d), '[]') from doubtful as d) as doubtful,
  (select coalesce(json_agg(r), '[]') from refused as r) as refused;
