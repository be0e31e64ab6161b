/**
 * Declaration of a route: who may use it, and what it answers. The check of access, the paths that are open and the OpenAPI
 * document all come from it.
 */
import type { TSchema } from '@sinclair/typebox'
import type { DocumentDecoration } from 'elysia'
import { type ErrorKind, errors } from '../errors.ts'
import { type Access, accessDocs, forbidden, type Route, VERBATIM } from './access.ts'

/** Every route may be answered with any of these. */
const ofDatabase = Object.values(errors).filter(({ code }) => code.startsWith('DATABASE_'))

/** A route that takes a body may refuse it before it looks at what it says. */
const ofBody: readonly ErrorKind[] = [errors.REQUEST_TIMEOUT, errors.PAYLOAD_TOO_LARGE, errors.UNSUPPORTED_MEDIA_TYPE]

/** The gate of the port refuses before any route is asked. */
const ofGate: readonly ErrorKind[] = [errors.FOREIGN_HOST, errors.FOREIGN_ORIGIN]

const ERROR = '#/components/schemas/Error'

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
  /**
   * The route takes requests as they come: its callers choose headers and query, and sign them. Repeated parameters and an
   * Idempotency-Key are not refused.
   */
  readonly verbatim?: true
}

/** A route's `detail`. */
export function route({ tag, summary, description, answers, ...kind }: Operation & Access): DocumentDecoration {
  const kinds = new Set<ErrorKind>([
    ...(kind.errors ?? []),
    ...refusedCallers(kind),
    ...ofGate,
    ...(kind.body || kind.streamed ? ofBody : []),
    errors.INTERNAL_ERROR,
    ...ofDatabase,
  ])
  const responses = { ...answered(answers), ...refused([...kinds], answers) }
  return { tags: [tag], summary, description, responses, ...accessDocs(kind), ...taken(kind) }
}

const refusedCallers = ({ open, scope }: Access): readonly ErrorKind[] =>
  open ? [] : [errors.UNAUTHORIZED, { ...errors.FORBIDDEN, example: { message: forbidden(scope) } }]

/** `detail` of a route that is in no document. */
export const hiddenRoute = (access: Access): DocumentDecoration => ({ ...accessDocs(access), hide: true })

function taken({
  streamed,
  headers = {},
  verbatim,
}: Pick<Operation, 'streamed' | 'headers' | 'verbatim'>): DocumentDecoration {
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
    ...(verbatim && { [VERBATIM]: true }),
  } as DocumentDecoration
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

/** Codes of the refusals that a route's documentation names. */
export function refusalsOf({ hooks }: Route): string[] {
  const { detail } = (hooks ?? {}) as { readonly detail?: { readonly responses?: object } }
  return Object.values(detail?.responses ?? {}).flatMap(({ content }) => {
    const { schema, examples = {} } = content?.['application/json'] ?? {}
    return schema?.$ref === ERROR ? Object.keys(examples) : []
  })
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
            schema: { $ref: ERROR },
            examples: Object.fromEntries(
              kinds.map(({ code, example }) => [code, { value: { error: { code, ...example } } }]),
            ),
          },
        },
      },
    ]),
  )
}
