/** Schemas of the bodies that make and change a campaign. */
import { t } from 'elysia'
import { moment, nullable, number, oneOf, text } from '../../core/http/fields.ts'
import { channels, priorities } from '../../core/messaging/schema.ts'

const strict = { additionalProperties: false } as const

const name = text({
  min: 1,
  max: 200,
  description: 'Name of the campaign; customers never see it',
  example: 'Welcome Campaign',
})
const channel = oneOf(channels, { description: 'Channel of its messages' })
const template = text({
  min: 1,
  max: 4096,
  description:
    'Text of its messages. {first_name}, {last_name}, {phone}, {location} and {prefered_product} are filled in for each customer; {first_name|there} gives a fallback',
  example: 'Hi {first_name|there}, see what is new in {location|your town}!',
})
const scheduledAt = nullable(
  moment({
    description:
      'Time at which to send, RFC 3339 with any UTC offset. Null or absent: immediately when /send is called',
    example: '2030-01-31T09:00:00+03:00',
  }),
)

const expiresAt = nullable(
  moment({
    description:
      'Time after which remaining messages are skipped, so that a delayed campaign does not reach people too late: RFC 3339, after scheduled_at. Null or absent: never',
    example: '2030-01-31T18:00:00+03:00',
  }),
)

const sender = nullable(
  text({
    min: 1,
    max: 30,
    description: 'Name of the sender to use, as GET /senders lists them. Null or absent: by the route of the channel',
    example: 'main',
  }),
)
const maxRate = nullable(
  number({
    min: 0.01,
    max: 100_000,
    description: 'Messages a second at most. Null or absent: as fast as the sender allows',
    example: 20,
  }),
)
const priority = oneOf(priorities, {
  description:
    'Share of the rate of a sender that several campaigns use: `high` gets four times that of `normal`, which gets four times that of `low`. Default: normal',
})

export const campaignBody = t.Object(
  {
    name,
    channel,
    base_template: template,
    scheduled_at: t.Optional(scheduledAt),
    expires_at: t.Optional(expiresAt),
    sender: t.Optional(sender),
    max_rate: t.Optional(maxRate),
    priority: t.Optional(priority),
  },
  { ...strict, title: 'NewCampaign' },
)

export const campaignChanges = t.Object(
  {
    name: t.Optional(name),
    channel: t.Optional(channel),
    base_template: t.Optional(template),
    scheduled_at: t.Optional(scheduledAt),
    expires_at: t.Optional(expiresAt),
    sender: t.Optional(sender),
    max_rate: t.Optional(maxRate),
    priority: t.Optional(priority),
  },
  { ...strict, title: 'CampaignChanges', minProperties: 1 },
)
