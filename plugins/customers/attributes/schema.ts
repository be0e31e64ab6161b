/** Schemas and documentation of the routes of attributes. */
import { t } from 'elysia'
import { errors } from '../../../core/errors.ts'
import { orNull, utcTime } from '../../../core/http/docs.ts'
import { formatted, nullable, oneOf, text } from '../../../core/http/fields.ts'
import { route } from '../../../core/http/route.ts'
import {
  attributeNameProblem,
  attributeTypes,
  MAX_ATTRIBUTES,
  MAX_NAME,
} from '../../../core/messaging/contacts/attributes.ts'
import { messagingErrors } from '../../../core/messaging/errors.ts'

const tag = 'Customers'

export const attributeBody = t.Object(
  {
    name: formatted({
      format: 'attribute-name',
      max: MAX_NAME,
      problem: attributeNameProblem,
      description: 'Lower-case letters, digits and underscores, beginning with a letter; no name of a field',
      example: 'points',
    }),
    type: oneOf(attributeTypes, {
      description: 'Type of its values: text, a number, true or false, or a day such as 2030-01-31',
      example: 'number',
    }),
    description: t.Optional(
      nullable(text({ max: 200, description: 'What it means, for people', example: 'Loyalty points' })),
    ),
  },
  { additionalProperties: false, title: 'NewAttribute' },
)

export const attributePath = t.Object({
  name: text({ min: 1, max: MAX_NAME, description: 'Name of the attribute', example: 'points' }),
})

const attribute = t.Object(
  {
    name: t.String(),
    type: t.String({ enum: [...attributeTypes] }),
    description: orNull(t.String()),
    created_at: utcTime('Time at which it was declared'),
  },
  { title: 'Attribute' },
)

const example = {
  name: 'points',
  type: 'number',
  description: 'Loyalty points',
  created_at: '2030-01-01T08:15:30.123Z',
}

export const listDocs = route({
  scope: 'customers:read',
  tag,
  summary: 'List attributes',
  description: 'Returns the attributes that are declared, in the order of their names.',
  answers: [
    {
      status: 200,
      description: 'All attributes',
      schema: t.Object({ data: t.Array(attribute) }, { title: 'AttributeList' }),
      example: { data: [example] },
    },
  ],
})

export const createDocs = route({
  scope: 'customers:write',
  tag,
  summary: 'Declare an attribute',
  description: `Declares an attribute, which every customer may have from then on. Templates use it as \`{points}\` or \`{attributes.points}\`; a number or a date can be written as in the customer’s language, \`{points:number}\` or \`{due:date}\`. Its name and type cannot be changed. At most ${MAX_ATTRIBUTES} can be declared.`,
  answers: [{ status: 201, description: 'The attribute', schema: attribute, example }],
  errors: [errors.INVALID_REQUEST, messagingErrors.ATTRIBUTE_EXISTS, messagingErrors.TOO_MANY_ATTRIBUTES],
  body: true,
})

export const removeDocs = route({
  scope: 'customers:write',
  tag,
  summary: 'Remove an attribute',
  description:
    'Removes an attribute and all its values. It is refused while a segment, or the text or template of a campaign that is not over, uses it. With millions of customers it takes seconds; if it is interrupted, send it again.',
  answers: [{ status: 204, description: 'The attribute is removed' }],
  errors: [errors.INVALID_REQUEST, messagingErrors.ATTRIBUTE_NOT_FOUND, messagingErrors.ATTRIBUTE_IN_USE],
})
