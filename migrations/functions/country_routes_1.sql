-- Routes by country, for the statements that claim and announce chunks. They are functions so that those statements, which are
-- planned each time, are planned without them where no country has senders of its own.

-- Senders of the country, the first choice first; null: it goes by the route of its channel.
create function country_senders(of_channel text, of_country text) returns text[] language plpgsql stable as $$
begin
  return (select r.senders from country_routes as r where r.channel = of_channel and r.country = of_country);
end$$;

-- All routes of countries: +smsKE where something can be sent now, else -smsKE. Nothing can where none of their senders, among
-- those that are to be had, is up, or the campaign has as many chunks of the country taken already as their limits allow.
-- Without a campaign its chunks are not counted, and without a channel the routes of all are meant.
create function country_states(
  of_channel text, among text[], of_campaign integer, taken chunk_state[], seconds double precision, at_once double precision
) returns text[] language plpgsql stable as $$
begin
  return array(
    select case when up.most is null then '-'
      when of_campaign is null or up.most = 'infinity' then '+'
      when up.most <= (select count(*) from dispatch_chunks as c
        where c.campaign_id = of_campaign and c.country = r.country and c.state = any(taken)) then '-'
      else '+' end || r.channel || r.country
    from country_routes as r
    cross join lateral (
      -- Null where no sender is up.
      select max(coalesce(
        ceil(least(coalesce(s.concurrency, s.concurrency_setting), coalesce(s.rate, s.rate_setting) * seconds) / at_once),
        'infinity')) as most
      from senders as s
      where s.name = any(r.senders) and (among is null or s.name = any(among))
        and s.paused_at is null and s.opened_at is null and (s.hold_until is null or s.hold_until <= clock_timestamp())
    ) as up
    where of_channel is null or r.channel = of_channel
  );
end$$;
