-- Reserves places within the caps for messages of one channel that are about to start, one for each phone, and answers those that
-- must not. Races are described in core/messaging/RACES.md. The program reads this file, numbers the parameters, and writes a
-- condition in place of "true /* at a glance */". To try it in psql, paste all of it: the lines that begin with a backslash are for
-- psql alone.

\set phones '''{+254700000000}'''
\set messages '''{0}'''
\set doubtful '''{}'''
\set channel '''sms'''
\set within 60
\set keep 86400
\set cap_messages '''{1}'''
\set cap_seconds '''{86400}'''
\set cap_channels '''{null}'''

with
  -- Asked for by subqueries of their own, which are run once, and not for each message.
  times as (
    select
      now() + make_interval(secs => :within::float8) as latest_start,
      now() - make_interval(secs => :keep::float8) as kept_since
  ),

  reserved as (
    insert into cap_reservations as r (phone, messages, starts)
    -- The latest moment at which it may start: one that starts later than others expected is still within the caps.
    select a.phone, array[a.message], array[(select latest_start from times)]
    from (
      select
        unnest(:phones::text[]) collate "C" as phone,
        unnest(:messages::bigint[]) as message
    ) as a
    -- Race 53: whoever locks several rows does so in this order.
    order by a.phone
    -- Race 51: the row is locked before it is judged, and is the new one here.
    on conflict (phone) do update
    set (messages, starts) = (
      select
        -- Without those that count no more, and the message itself where it was asked for before.
        case when not d.is_known and r.starts[1] > (select kept_since from times) then r.messages
          else array(
            select p.message
            from unnest(r.messages, r.starts) as p(message, start)
            where p.start > (select kept_since from times) and p.message <> excluded.messages[1]
          ) end || case when not d.is_refused then excluded.messages end,
        -- In order of time, also where a clock was turned back.
        case when not d.is_known and r.starts[1] > (select kept_since from times) then r.starts
          else array(
            select p.start
            from unnest(r.messages, r.starts) as p(message, start)
            where p.start > (select kept_since from times) and p.message <> excluded.messages[1]
          ) end || case when not d.is_refused then array[greatest(r.starts[cardinality(r.starts)], excluded.starts[1])] end
      from (
        select
          k.is_known,
          -- Race 54: a message that is refused now gives its place up in the same step, or two would refuse each other. One that
          -- may have been sent keeps it.
          case when k.is_known and excluded.messages[1] <> all (:doubtful::bigint[])
            then is_capped(r.messages, r.starts, excluded.messages[1], :channel::text::channel,
              :cap_messages::integer[], :cap_seconds::float8[], :cap_channels::text[]::channel[])
            else false end as is_refused
        from (select excluded.messages[1] = any (r.messages) as is_known) as k
      ) as d
    )
    where case
      when excluded.messages[1] = any (r.messages) then true
      when true /* at a glance */
        then not is_capped(r.messages, r.starts, excluded.messages[1], :channel::text::channel,
          :cap_messages::integer[], :cap_seconds::float8[], :cap_channels::text[]::channel[])
      else true end
    -- The message itself, unless it was refused.
    returning r.messages[cardinality(r.messages)] as message
  )
select a.message
from (select unnest(:messages::bigint[]) as message) as a
where a.message not in (select message from reserved where message is not null);
