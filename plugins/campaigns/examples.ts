/** Example responses for the documentation. */

export const campaignExample = {
  id: 1,
  name: 'Welcome Campaign',
  channel: 'sms',
  status: 'scheduled',
  base_template: 'Hi {first_name|there}, see what is new in {location|your town}!',
  texts: { sw: 'Habari {first_name|rafiki}, tazama mapya {location|mjini kwako}!' },
  template: null,
  scheduled_at: '2030-01-31T06:00:00.000Z',
  expires_at: null,
  created_at: '2030-01-01T08:15:30.123Z',
  audience_open: false,
  paused_reason: null,
  sender: null,
  max_rate: null,
  priority: 'normal',
  purpose: 'marketing',
  transliteration: 'none',
}

export const detailsExample = {
  ...campaignExample,
  status: 'sending',
  queueing: false,
  stats: {
    total: 1000,
    pending: 400,
    sending: 64,
    sent: 520,
    failed: 10,
    skipped: 6,
    unknown: 0,
    delivered: 410,
    undelivered: 8,
    read: 0,
  },
  deferred: 0,
  deferred_until: null,
  receipts: true,
  waiting: null,
}

export const pageExample = {
  data: [detailsExample],
  pagination: { page: 1, page_size: 20, total_count: 1, total_pages: 1 },
}

export const sendExample = { campaign_id: 1, messages_queued: 3, status: 'sending', audience_open: false }

export const selectExample = {
  campaign_id: 1,
  messages_queued: 0,
  status: 'sending',
  audience_open: true,
  queueing: true,
}

export const audiencesExample = {
  data: [
    {
      audience: { segment_ids: [1], exclude: { segment_ids: [2] } },
      status: 'queueing',
      queued: 120_000,
      created_at: '2030-01-31T06:00:00.000Z',
      done_at: null,
    },
  ],
}

export const closeExample = { campaign_id: 1, status: 'sending', audience_open: false }

export const recipientsExample = {
  data: [
    {
      customer: { id: 1, first_name: 'Amina', last_name: null, phone: '+254712345678' },
      status: 'sent',
      attempts: 1,
      provider_message_id: 'mock-1-1',
      last_error: null,
      history: [],
      rendered_content: 'Hi Amina, see what is new in Nairobi!',
      delivery: 'delivered',
      delivery_code: null,
      created_at: '2030-01-31T06:00:00.000Z',
      updated_at: '2030-01-31T06:00:00.250Z',
    },
  ],
  next_cursor: 'YWZ0ZXI6MQ',
}

export const exportExample =
  'customer_id,phone,first_name,last_name,status,attempts,provider_message_id,last_error,rendered_content,delivery,delivery_code,created_at,updated_at\r\n' +
  '1,+254712345678,Amina,,sent,1,mock-1-1,,"Hi Amina, see what is new in Nairobi!",delivered,,2030-01-31T06:00:00.000Z,2030-01-31T06:00:00.250Z\r\n'

export const customerMessagesExample = {
  data: recipientsExample.data.map(({ customer: _, ...message }) => ({
    campaign: { id: 1, name: 'Welcome Campaign', channel: 'sms', status: 'sent' },
    ...message,
  })),
  next_cursor: null,
}
