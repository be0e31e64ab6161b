/** OpenAPI of a route: its answers with examples, and all of its errors. */
import type { TSchema, TUnsafe } from '@sinclair/typebox'
import { type DocumentDecoration, type Static, t } from 'elysia'
import { type ErrorCode, errorStatus } from '../errors.ts'
import { refusalOf, statusesAllowing } from '../messaging/campaign/status.ts'

/** The one form of all errors. */
export const errorSchema = t.Object(
  {
    error: t.Object({
      code: t.Unsafe<ErrorCode>({ type: 'string', enum: Object.keys(errorStatus) }),
      message: t.String({ description: 'What is wrong and what to do, for a person' }),
      details: t.Optional(
        t.Union(
          [
            t.Array(t.Object({ path: t.String(), message: t.String() })),
            t.Object({ missing_ids: t.Array(t.Integer()), missing_count: t.Integer() }),
            t.Object({ status: t.String(), allowed: t.Array(t.String()) }),
          ],
          {
            description:
              'The fields that are wrong, the first 100 customers that were not found, or the campaign’s status and those that allow the action',
          },
        ),
      ),
    }),
  },
  { title: 'Error', description: 'Every error has this form' },
)

/** Authentication of callers, for a route's `security`. */
export const securitySchemes = {
  bearer: { type: 'http', scheme: 'bearer', description: 'One of API_KEYS; where none are set, none is needed' },
} as const

/** A value that may be null, as OpenAPI 3.0 writes it. */
export function orNull<S extends TSchema>(schema: S): TUnsafe<Static<S> | null> {
  const values: unknown = schema.enum
  // OpenAPI 3.0.3 (Schema Object, nullable): an enum without null takes none.
  const withNull = Array.isArray(values) ? { enum: [...values, null] } : {}
  return t.Unsafe<Static<S> | null>({ ...schema, ...withNull, nullable: true })
}

export const utcTime = (description: string) => t.String({ format: 'date-time', description })

const examples: Record<ErrorCode, { message: string; details?: unknown }> = {
  INVALID_REQUEST: {
    message: 'The request has 2 problems: see details',
    details: [
      { path: 'name', message: 'name is required' },
      { path: 'chanel', message: 'chanel is no known field: did you mean "channel"?' },
    ],
  },
  EMPTY_CUSTOMER_IDS: {
    message: 'customer_ids is empty: name at least one customer',
    details: [{ path: 'customer_ids', message: 'customer_ids is empty: name at least one customer' }],
  },
  TOO_MANY_CUSTOMER_IDS: {
    message: 'customer_ids holds 100001 ids; send at most 100000 a call, in several calls',
    details: [
      { path: 'customer_ids', message: 'customer_ids holds 100001 ids; send at most 100000 a call, in several calls' },
    ],
  },
  INVALID_CAMPAIGN_STATUS: {
    message: 'Cannot add recipients to campaign 1: it is "sent"; all customers of this call are its recipients already',
    details: { missing_ids: [], missing_count: 0 },
  },
  TEMPLATE_UNKNOWN_PLACEHOLDER: {
    message: 'Cannot send campaign 1: its template has placeholders that would be sent as they are',
    details: [{ path: 'base_template', message: 'Unknown placeholder "{frist_name}": did you mean "{first_name}"?' }],
  },
  IDEMPOTENCY_KEY_NOT_SUPPORTED: {
    message:
      'POST /campaigns does not honour the header Idempotency-Key: leave it out. Only POST /customers/import honours it',
  },
  UNAUTHORIZED: { message: 'An API key is missing: send the header "Authorization: Bearer <key>"' },
  FOREIGN_HOST: { message: 'Without API_KEYS this is served under localhost only: set API_KEYS' },
  FOREIGN_ORIGIN: { message: 'A page of another site may not use this address' },
  CAMPAIGN_NOT_FOUND: { message: 'Campaign with ID 999 not found' },
  CUSTOMER_NOT_FOUND: { message: 'Customer with ID 999 not found' },
  NOT_FOUND: { message: 'There is nothing at this address' },
  METHOD_NOT_ALLOWED: { message: 'PUT is not allowed here: use GET, HEAD, OPTIONS' },
  CAMPAIGN_STATUS_CONFLICT: {
    message: refusalOf('pause', { id: 1, status: 'sent' }),
    details: { status: 'sent', allowed: statusesAllowing('pause') },
  },
  REQUEST_TIMEOUT: { message: 'Nothing of the body arrived for 120 seconds: send the request again' },
  CUSTOMER_EXISTS: { message: 'A customer with this phone exists already' },
  IDEMPOTENCY_KEY_IN_USE: { message: 'An import with this Idempotency-Key is under way: ask again later' },
  IDEMPOTENCY_KEY_REUSED: {
    message: 'Another body was imported under this Idempotency-Key: choose a new one for each import',
  },
  PAYLOAD_TOO_LARGE: { message: 'The body is larger than 4 MB (4194304 bytes)' },
  UNSUPPORTED_MEDIA_TYPE: { message: 'The body must be JSON: send the header "Content-Type: application/json"' },
  INTERNAL_ERROR: { message: 'Something went wrong on our side; the log tells more of 5f0c2d3e' },
  DATABASE_UNAVAILABLE: { message: 'The database cannot be reached at the moment; try again' },
  DATABASE_STARTING: { message: 'The database is starting or recovering; try again' },
  DATABASE_FULL: { message: 'The disk of the database is full: nothing can be written until space is freed' },
  DATABASE_READ_ONLY: { message: 'The database is read-only, as a standby is: nothing can be written to it' },
  DATABASE_STANDBY_MISSING: {
    message:
      'The database waits for a synchronous standby that does not answer: writes are confirmed once it is back. If this was a write, it may be stored: look before you repeat it',
  },
  DATABASE_OUT_OF_MEMORY: { message: 'The database is out of memory; try again' },
  DATABASE_TOO_MANY_CONNECTIONS: { message: 'The database takes no more connections; try again' },
  DATABASE_LOGIN_REFUSED: { message: 'The database refuses the user or the password of this service' },
  DATABASE_PERMISSION_DENIED: { message: 'The database refuses: its user lacks a permission for that' },
  DATABASE_MISSING: { message: 'The database server has no database of this name' },
  DATABASE_NOT_MIGRATED: { message: 'The database lacks a table of this program: run npm run migrate' },
  DATABASE_DAMAGED: { message: 'The database cannot read or write its files: see its log' },
}

/** Every route may be answered with any of these. */
const databaseCodes = (Object.keys(errorStatus) as ErrorCode[]).filter((code) => code.startsWith('DATABASE_'))

/** A route that takes a body may refuse it before it looks at what it says. */
const bodyCodes: readonly ErrorCode[] = ['REQUEST_TIMEOUT', 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE']

/** The gate of the port refuses before any route is asked. */
const ofGate: readonly ErrorCode[] = ['FOREIGN_HOST', 'FOREIGN_ORIGIN']

type Responses = NonNullable<DocumentDecoration['responses']>

interface Answer {
  readonly status: number
  readonly description: string
  /** Without one the answer has no body. */
  readonly schema?: TSchema
  readonly example?: unknown
  /** Default: JSON. */
  readonly type?: 'application/json' | 'text/event-stream' | 'text/csv'
}

interface Operation {
  readonly tag: string
  readonly summary: string
  readonly description: string
  readonly answers: readonly Answer[]
  /** Besides those that every route may give. */
  readonly errors?: readonly ErrorCode[]
  /** The route takes a body: it may be too large, or no JSON. */
  readonly body?: boolean
  /** The route reads its body as it arrives: an example by each media type that it takes. */
  readonly streamed?: Readonly<Record<string, string>>
  /** Headers that the route reads, each with what it is for. */
  readonly headers?: Readonly<Record<string, string>>
  /** The route answers without a key. */
  readonly open?: boolean
}

/** A route's `detail`. */
export function docs({ tag, summary, description, answers, errors = [], ...kind }: Operation): DocumentDecoration {
  const ofKey: readonly ErrorCode[] = kind.open ? [] : ['UNAUTHORIZED']
  const ofBody = kind.body || kind.streamed ? bodyCodes : []
  const codes = new Set<ErrorCode>([...errors, ...ofKey, ...ofGate, ...ofBody, 'INTERNAL_ERROR', ...databaseCodes])
  const responses = { ...answered(answers), ...refused([...codes], answers) }
  const security = kind.open ? [] : [{ bearer: [] }]
  return { tags: [tag], summary, description, responses, security, ...taken(kind) }
}

function taken({ streamed, headers = {} }: Pick<Operation, 'streamed' | 'headers'>): DocumentDecoration {
  const parameters = Object.entries(headers).map(([name, description]) => ({
    name,
    in: 'header' as const,
    required: false,
    description,
    schema: { type: 'string' as const },
  }))
  const content = Object.entries(streamed ?? {}).map(([type, example]) => [
    type,
    { schema: { type: 'string' }, example },
  ])
  return {
    ...(streamed ? { requestBody: { required: true, content: Object.fromEntries(content) } } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
  }
}

function answered(answers: readonly Answer[]): Responses {
  const content = ({ type = 'application/json', schema, example }: Answer) =>
    schema ? { content: { [type]: { schema: schema as object, example } } } : {}
  return Object.fromEntries(
    answers.map((answer) => [answer.status, { description: answer.description, ...content(answer) }]),
  )
}

/** Adds a refusal to a route's responses: the document of the API knows of some what a route does not say itself. */
export function withRefusal(responses: Responses, code: ErrorCode): Responses {
  const status = errorStatus[code]
  const { description, content } = (responses[status] ?? {}) as {
    readonly description?: string
    readonly content?: { readonly 'application/json'?: { readonly examples?: object } }
  }
  const added = refused([code], [])[status] as unknown as {
    readonly description: string
    readonly content: { readonly 'application/json': { readonly examples: object } }
  }
  const json = added.content['application/json']
  const examples = { ...content?.['application/json']?.examples, ...json.examples }
  return {
    ...responses,
    [status]: {
      description: description ? `${description}, ${added.description}` : added.description,
      content: { 'application/json': { ...json, examples } },
    },
  }
}

function refused(codes: readonly ErrorCode[], answers: readonly Answer[]): Responses {
  const byStatus = Map.groupBy(codes, (code) => errorStatus[code])
  for (const { status } of answers) byStatus.delete(status as never)
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      status,
      {
        description: codes.join(', '),
        content: {
          'application/json': {
            schema: { $ref: '#/components/schemas/Error' },
            examples: Object.fromEntries(
              codes.map((code) => [code, { value: { error: { code, ...examples[code] } } }]),
            ),
          },
        },
      },
    ]),
  )
}
