-- Stores what providers posted. Arrays side by side hold an item for each receipt (receipt_*), and for each message that a
-- person wrote (inbound_*). What is there already stays: a provider may post a thing as often as it likes.
--
-- Returns the messages of people that are new.
--
-- The rows are inserted in one order everywhere, or two posts of the same receipts could wait for each other.

\set receipt_senders '''{sms}'''
\set receipt_references '''{1}'''
\set receipt_deliveries '''{delivered}'''
\set receipt_echoes '''{1}'''
\set receipt_provider_ids '''{null}'''
\set receipt_codes '''{null}'''
\set receipt_abouts '''{null}'''
\set inbound_senders '''{sms}'''
\set inbound_channels '''{sms}'''
\set inbound_ids '''{mock-1}'''
\set inbound_phones '''{null}'''
\set inbound_sent_to '''{null}'''
\set inbound_bodies '''{Hi}'''
\set inbound_intents '''{null}'''
\set inbound_times '''{null}'''
\set inbound_readings '''{other}'''

with
  received as (
    insert into receipts (sender, reference, delivery, echoed, provider_id, code, about)
    select r.sender, r.reference, r.delivery::delivery, r.echoed = 1, r.provider_id, r.code, r.about
    from (
      select
        unnest(:receipt_senders::text[]) as sender,
        unnest(:receipt_references::text[]) as reference,
        unnest(:receipt_deliveries::text[]) as delivery,
        -- 1: the reference is our message id.
        unnest(:receipt_echoes::int[]) as echoed,
        unnest(:receipt_provider_ids::text[]) as provider_id,
        unnest(:receipt_codes::text[]) as code,
        unnest(:receipt_abouts::text[]) as about
    ) as r
    order by r.sender, r.reference, r.delivery
    on conflict do nothing
    returning 1
  ),
  written as (
    insert into inbound_messages (sender, channel, provider_id, phone, sent_to, body, intent, sent_at, reading, review)
    select
      r.sender, r.channel, r.provider_id, r.phone, r.sent_to, r.body, r.intent, to_timestamp(r.ms / 1000), r.reading,
      -- A near miss waits for somebody to decide.
      case when r.reading = 'near_stop' then 'open' end
    from (
      select
        unnest(:inbound_senders::text[]) as sender,
        -- Null where its sender has several channels and does not tell.
        unnest(:inbound_channels::text[]) as channel,
        unnest(:inbound_ids::text[]) as provider_id,
        unnest(:inbound_phones::text[]) as phone,
        unnest(:inbound_sent_to::text[]) as sent_to,
        unnest(:inbound_bodies::text[]) as body,
        unnest(:inbound_intents::text[]) as intent,
        -- Milliseconds since the epoch.
        unnest(:inbound_times::float8[]) as ms,
        unnest(:inbound_readings::text[]) as reading
    ) as r
    order by r.sender, r.provider_id
    on conflict do nothing
    returning sender, provider_id
  )
select sender, provider_id from written;
