/** OpenAPI of a route: its answers with examples, and all of its errors. */
import type { TSchema, TUnsafe } from '@sinclair/typebox'
import { type DocumentDecoration, type Static, t } from 'elysia'
import { type ErrorKind, errors } from '../errors.ts'

/** The one form of all errors. @param kinds that there are */
export function errorSchema(kinds: readonly ErrorKind[]): TSchema {
  const details = [...new Set(kinds.map(({ schema }) => schema).filter((schema) => schema !== undefined))]
  return t.Object(
    {
      error: t.Object({
        code: t.String({ enum: [...new Set(kinds.map(({ code }) => code))] }),
        message: t.String({ description: 'What is wrong and what to do, for a person' }),
        details: t.Optional(t.Union(details)),
      }),
    },
    { title: 'Error', description: 'Every error has this form' },
  )
}

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

/** Every route may be answered with any of these. */
const ofDatabase = Object.values(errors).filter(({ code }) => code.startsWith('DATABASE_'))

/** A route that takes a body may refuse it before it looks at what it says. */
const ofBody: readonly ErrorKind[] = [errors.REQUEST_TIMEOUT, errors.PAYLOAD_TOO_LARGE, errors.UNSUPPORTED_MEDIA_TYPE]

/** The gate of the port refuses before any route is asked. */
const ofGate: readonly ErrorKind[] = [errors.FOREIGN_HOST, errors.FOREIGN_ORIGIN]

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
  readonly errors?: readonly ErrorKind[]
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
export function docs({ tag, summary, description, answers, ...kind }: Operation): DocumentDecoration {
  const kinds = new Set<ErrorKind>([
    ...(kind.errors ?? []),
    ...(kind.open ? [] : [errors.UNAUTHORIZED]),
    ...ofGate,
    ...(kind.body || kind.streamed ? ofBody : []),
    errors.INTERNAL_ERROR,
    ...ofDatabase,
  ])
  const responses = { ...answered(answers), ...refused([...kinds], answers) }
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
export function withRefusal(responses: Responses, kind: ErrorKind): Responses {
  const { status } = kind
  const { description, content } = (responses[status] ?? {}) as {
    readonly description?: string
    readonly content?: { readonly 'application/json'?: { readonly examples?: object } }
  }
  const added = refused([kind], [])[status] as unknown as {
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

function refused(kinds: readonly ErrorKind[], answers: readonly Answer[]): Responses {
  const byStatus = Map.groupBy(kinds, (kind) => kind.status)
  for (const { status } of answers) byStatus.delete(status as never)
  return Object.fromEntries(
    [...byStatus].map(([status, kinds]) => [
      status,
      {
        description: kinds.map(({ code }) => code).join(', '),
        content: {
          'application/json': {
            schema: { $ref: '#/components/schemas/Error' },
            examples: Object.fromEntries(
              kinds.map(({ code, example }) => [code, { value: { error: { code, ...example } } }]),
            ),
          },
        },
      },
    ]),
  )
}
