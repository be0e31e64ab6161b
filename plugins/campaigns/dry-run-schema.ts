/** Schema and documentation of dry runs. */
import { t } from 'elysia'
import { errors } from '../../core/errors.ts'
import { orNull, utcTime } from '../../core/http/docs.ts'
import { route } from '../../core/http/route.ts'
import { messagingErrors } from '../../core/messaging/errors.ts'
import { transliterations } from '../../core/messaging/schema.ts'
import { codesInWords } from '../../core/messaging/senders/codes.ts'
import { campaignErrors } from './errors.ts'

const parts = t.Object(
  {
    least: t.Integer({ description: 'Parts of the shortest message of the sample' }),
    mean: t.Number({ description: 'Parts of a message' }),
    most: t.Integer({ description: 'Parts of the longest message of the sample' }),
    total: t.Integer({ description: 'Parts of all messages' }),
    ucs2_share: t.Number({
      description: 'Share of the messages, from 0 to 1, that are sent as UCS-2: 70 characters a part',
    }),
    ucs2_characters: t.Array(t.String(), {
      description: 'Characters that force UCS-2, at most 20, the most frequent first',
    }),
    offers: t.Array(
      t.Object({
        transliteration: t.String({ enum: [...transliterations], description: 'To be set on the campaign' }),
        saves: t.Integer({ description: 'Parts of all messages that it would save' }),
        before: t.String({ description: 'A message that it changes' }),
        after: t.String({ description: 'The same message as it would be sent' }),
      }),
      { description: 'Transliterations that would save parts; none is applied before somebody sets it' },
    ),
  },
  { description: 'Parts in which an SMS is sent and paid for; null on WhatsApp, and where there are no messages' },
)

const countryCost = t.Object({
  country: orNull(t.String({ description: 'ISO 3166-1; null: phones of no country' })),
  messages: t.Integer(),
  parts: orNull(t.Integer({ description: 'Null on WhatsApp' })),
  price: orNull(t.String({ description: 'Null, as the rest, for a country without a price' })),
  per: orNull(t.String({ enum: ['part', 'message'] })),
  currency: orNull(t.String()),
  amount: orNull(t.String({ description: 'Decimal number as text' })),
})

const cost = t.Object(
  {
    total: t.Array(t.Object({ currency: t.String(), amount: t.String({ description: 'Decimal number as text' }) }), {
      description: 'Sums by currency; none without a price list',
    }),
    by_country: t.Array(countryCost, { description: 'Most messages first' }),
    unpriced: t.Array(orNull(t.String()), {
      description: 'Countries without a price: their messages are in no sum. Null: phones of no country',
    }),
  },
  { description: 'Cost by the price list, GET /prices' },
)

const sample = t.Object(
  {
    size: t.Integer({ description: 'Customers whose texts were looked at' }),
    of: t.Integer({ description: 'Recipients' }),
    error: t.Number({
      description:
        'Share of the recipients by which a figure that is estimated is off at most, 95 times in 100: 0.01 for 1 %. 0: every figure is exact',
    }),
  },
  { description: 'The sample that figures of texts come from: the same one at each call' },
)

const answer = t.Object(
  {
    campaign_id: t.Integer(),
    recipients: t.Integer({ description: 'Customers whom /send would queue; exact' }),
    already_recipients: t.Integer({ description: 'Customers who are recipients already, and are ignored; exact' }),
    messages: t.Integer({ description: 'Messages that would be sent: recipients without `skips` and `deferred`' }),
    skips: t.Array(
      t.Object({
        code: t.String({ description: `Reason. ${codesInWords}` }),
        recipients: t.Integer(),
      }),
      { description: 'Recipients whose message would not be sent, by reason' },
    ),
    deferred: t.Integer({
      description: 'Recipients whose message would wait: for the end of their quiet hours, or by a policy of a plugin',
    }),
    deferred_until: orNull(utcTime('The first time at which one of them would be due; null: none is known')),
    missing_values: t.Array(
      t.Object({
        field: t.String({ description: 'As in a rule of a segment: `first_name`, `attributes.points`' }),
        recipients: t.Integer(),
      }),
      { description: 'Recipients without a value for a placeholder that has no fallback' },
    ),
    by_language: t.Optional(
      t.Array(
        t.Object({
          language: orNull(t.String({ description: 'Tag of the text, as in `texts`; null: base_template' })),
          recipients: t.Integer(),
        }),
        { description: 'Recipients by the text that they get; absent where the campaign has no texts by language' },
      ),
    ),
    parts: orNull(parts),
    cost,
    pace: t.String({
      enum: ['limited', 'unlimited', 'blocked'],
      description:
        '`limited`: by the limits of the senders and of the campaign. `unlimited`: there are none. `blocked`: for some messages no sender can send now',
    }),
    seconds: orNull(
      t.Integer({
        description: 'Time that sending takes at these limits if nothing else is sent; null unless `limited`',
      }),
    ),
    sample,
  },
  { title: 'DryRun' },
)

const example = {
  campaign_id: 1,
  recipients: 120_000,
  already_recipients: 37,
  messages: 119_880,
  skips: [{ code: 'message.empty', recipients: 120 }],
  deferred: 0,
  deferred_until: null,
  missing_values: [{ field: 'first_name', recipients: 480 }],
  by_language: [
    { language: null, recipients: 100_000 },
    { language: 'sw', recipients: 20_000 },
  ],
  parts: {
    least: 1,
    mean: 1.25,
    most: 3,
    total: 149_850,
    ucs2_share: 0.02,
    ucs2_characters: ['\u2019', 'ë'],
    offers: [
      { transliteration: 'punctuation', saves: 1850, before: 'Habari Ng\u2019ang\u2019a!', after: "Habari Ng'ang'a!" },
    ],
  },
  cost: {
    total: [{ currency: 'KES', amount: '119000.00' }],
    by_country: [
      {
        country: 'KE',
        messages: 119_000,
        parts: 148_750,
        price: '0.80',
        per: 'part',
        currency: 'KES',
        amount: '119000.00',
      },
      { country: 'UG', messages: 880, parts: 1100, price: null, per: null, currency: null, amount: null },
    ],
    unpriced: ['UG'],
  },
  pace: 'limited',
  seconds: 1499,
  sample: { size: 10_000, of: 120_000, error: 0.0094 },
}

export const dryRunDocs = route({
  scope: 'campaigns:write',
  tag: 'Campaigns',
  summary: 'Try a send without sending',
  description:
    'Says what /send would do now with the same body, and writes nothing: recipients, reasons why some of them would be skipped, missing values, parts, cost and time. What /send refuses is refused here too. `recipients`, `already_recipients` and the countries of recipients are counted; texts are looked at for 10,000 recipients, who stand for all where there are more.',
  answers: [{ status: 200, description: 'What would be sent', schema: answer, example }],
  errors: [
    errors.INVALID_REQUEST,
    campaignErrors.EMPTY_CUSTOMER_IDS,
    campaignErrors.TOO_MANY_CUSTOMER_IDS,
    messagingErrors.INVALID_CAMPAIGN_STATUS,
    messagingErrors.TEMPLATE_UNKNOWN_PLACEHOLDER,
    messagingErrors.CAMPAIGN_NOT_FOUND,
    messagingErrors.CUSTOMER_NOT_FOUND,
    messagingErrors.RULE_TOO_SLOW,
  ],
  body: true,
})
