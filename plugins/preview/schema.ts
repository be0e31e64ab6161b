/** Schemas and documentation of the preview routes. */

import { t } from 'elysia'
import { errors } from '../../core/errors.ts'
import { answeredValues, orNull } from '../../core/http/docs.ts'
import { digits, id, MAX_ID, nullable, text } from '../../core/http/fields.ts'
import { route } from '../../core/http/route.ts'
import { messagingErrors } from '../../core/messaging/errors.ts'
import { languageField } from './language.ts'

export const previewPath = t.Object({
  id: digits({ min: 1, max: MAX_ID, description: 'Id of the campaign', example: 1 }),
})

export const previewBody = t.Object(
  {
    customer_id: t.Optional(
      id({
        description: 'Id of the customer whose values fill the placeholders; needed without a language',
        example: 1,
      }),
    ),
    language: t.Optional(
      nullable(
        languageField(
          'Language to preview, in place of the customer’s. Without customer_id it is shown for one of the latest customers who read it, or for a made-up person',
        ),
      ),
    ),
    override_template: t.Optional(
      nullable(
        text({
          min: 1,
          max: 4096,
          description: 'Text to preview instead of the campaign’s own',
          example: 'Hi {first_name|there}!',
        }),
      ),
    ),
  },
  { title: 'PreviewRequest', additionalProperties: false },
)

export const testBody = t.Object(
  {
    to: text({ min: 1, max: 50, description: 'Phone number to send the message to', example: '+254712345678' }),
    customer_id: id({ description: 'Id of the customer whose values fill the placeholders', example: 1 }),
    language: t.Optional(nullable(languageField('Language of the text, in place of the customer’s'))),
  },
  { title: 'TestSendRequest', additionalProperties: false },
)

const usedText = t.String({
  description: 'Field that the text is from: base_template, or that of a language such as texts.sw',
})

const testAnswer = t.Object(
  {
    to: t.String(),
    rendered_message: t.String(),
    used_text: usedText,
    outcome: t.String({
      enum: ['accepted', 'rejected', 'throttled', 'unknown'],
      description: 'The provider’s answer',
    }),
    provider_message_id: orNull(t.String()),
    error: orNull(t.String()),
  },
  { title: 'TestSendAnswer' },
)

export const testDocs = route({
  scope: 'campaigns:send',
  tag: 'Campaigns',
  summary: 'Send a test message',
  description:
    'Sends the campaign’s text, filled in for the customer, to one phone number, once and immediately. The message is not counted in the campaign.',
  answers: [
    {
      status: 200,
      description: 'The provider’s answer',
      schema: testAnswer,
      example: {
        to: '+254712345678',
        rendered_message: 'Hi Amina!',
        used_text: 'base_template',
        outcome: 'accepted',
        provider_message_id: 'mock-test-1',
        error: null,
      },
    },
  ],
  errors: [errors.INVALID_REQUEST, messagingErrors.CAMPAIGN_NOT_FOUND, messagingErrors.CUSTOMER_NOT_FOUND],
  body: true,
})

const previewAnswer = t.Object(
  {
    rendered_message: t.String(),
    used_template: t.String({ description: 'The text with its placeholders' }),
    used_text: t.String({
      description:
        'Field that the text is from: base_template, that of a language such as texts.sw, or override_template',
    }),
    language: t.String({
      description:
        'Language in which numbers and dates are written: the one asked for, the customer’s, or DEFAULT_LANGUAGE',
    }),
    template: orNull(
      t.Object(
        { name: t.String(), language: t.String(), parameters: t.Array(t.String()) },
        { description: 'The campaign’s approved WhatsApp template, filled in; null: it has none' },
      ),
    ),
    customer: t.Object({
      id: orNull(t.Integer({ description: 'Null for a made-up person' })),
      first_name: orNull(t.String()),
      last_name: orNull(t.String()),
      phone: t.String(),
      location: orNull(t.String()),
      prefered_product: orNull(t.String()),
      language: orNull(t.String({ description: 'BCP 47 tag' })),
      attributes: answeredValues('Values of its attributes'),
    }),
    warnings: t.Optional(t.Array(t.String(), { description: 'Problems with the template; absent if there are none' })),
  },
  { title: 'Preview' },
)

export const previewDocs = route({
  scope: 'campaigns:write',
  tag: 'Campaigns',
  summary: 'Preview a campaign for a customer',
  description:
    'Renders the text for a customer, or in a language, as messages are rendered. Nothing is sent or stored.',
  answers: [
    {
      status: 200,
      description: 'The text as the customer would receive it',
      schema: previewAnswer,
      example: {
        rendered_message: 'Hi Amina!',
        used_template: 'Hi {first_name|there}!',
        used_text: 'base_template',
        language: 'en-KE',
        template: null,
        customer: {
          id: 1,
          first_name: 'Amina',
          last_name: 'Otieno',
          phone: '+254712345678',
          location: 'Nairobi',
          prefered_product: null,
          language: 'en-KE',
          attributes: { points: 1250 },
        },
      },
    },
  ],
  errors: [
    errors.INVALID_REQUEST,
    messagingErrors.CAMPAIGN_NOT_FOUND,
    messagingErrors.CUSTOMER_NOT_FOUND,
    messagingErrors.NO_SENDER,
  ],
  body: true,
})
