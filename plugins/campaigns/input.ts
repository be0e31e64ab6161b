/** Schemas of the bodies that make and change a campaign. */
import { t } from 'elysia'
import { moment, nullable, number, oneOf, text } from '../../core/http/fields.ts'
import { channels, priorities, purposes, transliterations } from '../../core/messaging/schema.ts'
import { MAX_PARAMETERS } from '../../core/messaging/text/provider-template.ts'
import { MAX_TEXT, textsField } from './texts.ts'

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
  max: MAX_TEXT,
  description:
    'Text of its messages. {first_name}, {last_name}, {phone}, {location}, {prefered_product} and declared attributes, such as {points}, are filled in for each customer; {first_name|there} gives a fallback, {points:number} and {due:date} are written as in the customer’s language',
  example: 'Hi {first_name|there}, see what is new in {location|your town}!',
})
const providerTemplate = t.Nullable(
  t.Object(
    {
      name: text({
        min: 1,
        max: 512,
        description: 'Name of the template at Meta; at Twilio its Content SID, HX...',
        example: 'spring_sale',
      }),
      language: text({
        min: 1,
        max: 20,
        description: 'Language of the template, as the provider lists it',
        example: 'en_US',
      }),
      parameters: t.Array(
        text({
          min: 1,
          max: 1024,
          description: 'Value of one placeholder of the template, with the same placeholders as base_template',
          example: '{first_name|friend}',
        }),
        {
          maxItems: MAX_PARAMETERS,
          description: 'Values of {{1}}, {{2}}, ... in order',
          example: ['{first_name|friend}'],
        },
      ),
    },
    {
      ...strict,
      example: { name: 'spring_sale', language: 'en_US', parameters: ['{first_name|friend}'] },
      description:
        'Approved WhatsApp template that is sent, as WhatsApp requires for people who have not written within 24 hours. base_template is then the same text in our words: previews show it, and it is kept with each message. Null or absent: base_template is sent',
    },
  ),
)
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

const purpose = oneOf(purposes, {
  description:
    '`marketing`: policies, such as quiet hours, hold its messages back. `service`: what the person asked for or must know, such as a receipt or a reminder; it is sent at any hour. Default: marketing',
})

const transliteration = oneOf(transliterations, {
  description:
    'Characters that an SMS may be written with instead, where all of it then fits the SMS alphabet, with parts of 160 characters in place of 70. `none`: as it is. `punctuation`: plain quotes, dashes, dots and blanks. `letters`: also plain letters for accented ones that the alphabet lacks, in names too. A dry run says what each would save. Default: none',
})

/** Fields that a campaign need not have. */
const options = {
  texts: textsField,
  template: t.Optional(providerTemplate),
  scheduled_at: t.Optional(scheduledAt),
  expires_at: t.Optional(expiresAt),
  sender: t.Optional(sender),
  max_rate: t.Optional(maxRate),
  priority: t.Optional(priority),
  purpose: t.Optional(purpose),
  transliteration: t.Optional(transliteration),
}

export const campaignBody = t.Object(
  { name, channel, base_template: template, ...options },
  { ...strict, title: 'NewCampaign' },
)

export const campaignChanges = t.Object(
  {
    name: t.Optional(name),
    channel: t.Optional(channel),
    base_template: t.Optional(template),
    ...options,
  },
  { ...strict, title: 'CampaignChanges', minProperties: 1 },
)
