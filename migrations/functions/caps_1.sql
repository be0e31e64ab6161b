-- True while a message counts against the caps of its phone, on this channel or, null, on any. A message that ended without being
-- sent does not; nor does one that was not started and is with nobody: its chunk was given back, or waits for quiet hours, and it
-- is asked about again before it starts. Volatile: in a statement that waited for a row it sees what was committed meanwhile.
create function counts_for_caps(of_message bigint, on_channel channel) returns boolean
language plpgsql volatile parallel safe as $$
declare
  m record;
begin
  select o.campaign_id, o.status, o.turn, k.channel into m
    from outbound_messages as o join campaigns as k on k.id = o.campaign_id
    where o.id = of_message;
  -- A message that is there no more may have been sent, on any channel.
  if not found then
    return true;
  end if;
  if m.status in ('failed', 'skipped') or m.channel <> on_channel then
    return false;
  end if;
  return m.status <> 'pending' or not exists (
    select 1
    from dispatch_chunks as c
    where c.campaign_id = m.campaign_id
      and c.state in ('held', 'ready', 'published')
      and c.turn = m.turn
      and of_message between c.first_id and c.last_id
      and (c.ids is null or of_message = any(c.ids))
      and c.started_upto < of_message
      -- One that waits for another attempt keeps its place, and so does one that may have been sent at an earlier turn.
      and (c.turn = 0 or c.deferred_until is not null and c.pinned is null)
  );
end $$;

-- True where the caps do not allow another message to a phone. Arrays side by side hold an item for each message that was started
-- or is about to be (messages, starts), and for each cap (cap_*): at most so many messages in so many seconds, on one channel or,
-- null, on all. The message itself does not count.
create function is_capped(
  messages bigint[], starts timestamptz[], of_message bigint, of_channel channel,
  cap_messages integer[], cap_seconds double precision[], cap_channels channel[]
) returns boolean language plpgsql volatile parallel safe as $$
declare
  since timestamptz;
  room integer;
begin
  for c in 1 .. cardinality(cap_messages) loop
    if cap_channels[c] <> of_channel then
      continue;
    end if;
    since := now() - make_interval(secs => cap_seconds[c]);
    room := cap_messages[c];
    for p in 1 .. cardinality(messages) loop
      if starts[p] > since and messages[p] <> of_message then
        room := room - 1;
      end if;
    end loop;
    -- Only where there is no room are the messages looked at.
    for p in 1 .. cardinality(messages) loop
      exit when room > 0;
      if starts[p] > since and messages[p] <> of_message and not counts_for_caps(messages[p], cap_channels[c]) then
        room := room + 1;
      end if;
    end loop;
    if room <= 0 then
      return true;
    end if;
  end loop;
  return false;
end $$;
