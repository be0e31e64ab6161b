-- Permits within the limits of a sender. Campaigns take turns by what each may plan at once.
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
  quantum double precision;
  used double precision;
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
    -- What a campaign may plan at once, so that campaigns take turns, however many chunks of each are under way.
    quantum := case when rate is null then 'infinity' else greatest(1, rate * 0.25 * weights[i]
      / (select greatest(1, count(*)) from dispatch_chunks
          where state = 'leased' and sender = of_sender and campaign_id = campaigns[i])) end;
    used := 0;
    n := 0;
    start_ms := greatest(ahead, own_ahead) * 1000;
    while n < wanted[i] and n < room and ahead <= ahead_most and own_ahead <= ahead_most loop
      cost := costs[costs_after[i] + n + 1];
      exit when n > 0 and used + cost > quantum;
      used := used + cost;
      ahead := ahead + cost * gap;
      if max_rates[i] is not null then
        own_ahead := own_ahead + 1 / max_rates[i];
      end if;
      n := n + 1;
    end loop;
    room := room - n;
    permits := n;
    if n < wanted[i] then
      wait_ms := case when room <= 0 then 50
        else greatest(10, (greatest(ahead, own_ahead) - ahead_most / 2) * 1000) end;
    end if;
    if n > 0 and max_rates[i] is not null then
      update campaign_pace set planned_upto = at + own_ahead * interval '1 second' where campaign_id = campaigns[i];
    end if;
    return next;
  end loop;
  if rate is not null then
    update senders set planned_upto = at + ahead * interval '1 second' where name = of_sender;
  end if;
end$$
