-- Permits within the limits of a sender. Of campaigns that want more than there is, the one that has used least goes first.
create function grant_permits(
  of_sender text, chunks bigint[], campaigns integer[], wanted integer[], in_flights integer[], weights double precision[],
  max_rates double precision[], costs_after integer[], costs double precision[]
) returns table (place integer, permits integer, wait_ms double precision, start_ms double precision,
  gap_ms double precision, step_ms double precision)
language plpgsql as $$
declare
  -- Seconds that calls are planned ahead at most: a change of the rate, a pause and a new campaign take effect within it.
  ahead_most constant double precision := 0.5;
  s senders%rowtype;
  at timestamptz;
  rate double precision;
  gap double precision := 0;
  ahead double precision := 0;
  room double precision := 'infinity';
  -- Seconds of the rate that a chunk may plan at once, and that a campaign may be ahead of the others.
  quantum constant double precision := 0.25;
  lead constant double precision := 0.1;
  used double precision;
  mine double precision;
  others double precision;
  cost double precision;
  own_ahead double precision;
  n integer;
begin
  select * into s from senders where name = of_sender for update;
  at := clock_timestamp();
  rate := coalesce(s.rate, s.rate_setting)
    * least(1, s.slow_factor + coalesce(extract(epoch from at - s.slowed_at)::double precision / 60, 1));
  if rate is not null then
    gap := 1 / rate;
    ahead := greatest(0, extract(epoch from s.planned_upto - at)::double precision);
  end if;
  if coalesce(s.concurrency, s.concurrency_setting) is not null then
    room := coalesce(s.concurrency, s.concurrency_setting)
      - (select coalesce(sum(in_flight), 0) from dispatch_chunks
          where state = 'leased' and sender = of_sender and id <> all (chunks))
      - (select coalesce(sum(f), 0) from unnest(in_flights) as f);
  end if;
  for i in 1 .. cardinality(chunks) loop
    place := i;
    permits := 0;
    wait_ms := 0;
    start_ms := 0;
    gap_ms := gap * 1000;
    step_ms := 0;
    if s.hold_until > at then
      -- A long pause gives the chunk back: it is claimed again once the pause is over.
      if s.hold_until < at + interval '2 seconds' then
        wait_ms := 1 + extract(epoch from s.hold_until - at) * 1000;
      end if;
      return next;
      continue;
    end if;
    own_ahead := 0;
    if max_rates[i] is not null then
      insert into campaign_pace (campaign_id) values (campaigns[i]) on conflict do nothing;
      select greatest(0, extract(epoch from planned_upto - at)::double precision) into own_ahead
        from campaign_pace where campaign_id = campaigns[i] for update;
      step_ms := 1000 / max_rates[i];
    end if;
    others := null;
    if rate is not null then
      select min(t.used) into others from sender_turns as t
        where t.sender = of_sender and t.campaign_id <> campaigns[i] and t.hungry_until > at;
      select t.used into mine from sender_turns as t where t.sender = of_sender and t.campaign_id = campaigns[i]
        and t.hungry_until > at;
      -- Whoever wanted nothing for a while has saved up nothing.
      mine := coalesce(mine, others, 0);
    end if;
    used := 0;
    n := 0;
    start_ms := greatest(ahead, own_ahead) * 1000;
    while n < wanted[i] and n < room and ahead <= ahead_most and own_ahead <= ahead_most loop
      cost := costs[costs_after[i] + n + 1];
      if others is not null then
        exit when mine > others and mine + cost / weights[i] > others + lead * rate;
      end if;
      used := used + cost;
      exit when n > 0 and used > quantum * rate;
      if rate is not null then
        mine := mine + cost / weights[i];
        ahead := ahead + cost * gap;
      end if;
      if max_rates[i] is not null then
        own_ahead := own_ahead + 1 / max_rates[i];
      end if;
      n := n + 1;
    end loop;
    permits := n;
    if n < wanted[i] then
      wait_ms := case when n >= room then 50
        else greatest(25, (greatest(ahead, own_ahead) - ahead_most / 2) * 1000) end;
    end if;
    if rate is not null then
      insert into sender_turns (sender, campaign_id, used, hungry_until)
        values (of_sender, campaigns[i], mine, case when n < wanted[i] and n < room and own_ahead <= ahead_most
          then at + (wait_ms + 250) * interval '1 millisecond' end)
        on conflict (sender, campaign_id) do update set used = excluded.used,
          hungry_until = coalesce(excluded.hungry_until, sender_turns.hungry_until);
    end if;
    if n > 0 and max_rates[i] is not null then
      update campaign_pace set planned_upto = at + own_ahead * interval '1 second' where campaign_id = campaigns[i];
    end if;
    room := room - n;
    return next;
  end loop;
  if rate is not null then
    update senders set planned_upto = at + ahead * interval '1 second' where name = of_sender;
  end if;
end$$
