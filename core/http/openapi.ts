/** The OpenAPI document: what the routes say of themselves, in the form that linters and generators of clients expect. */
import { toOpenAPISchema } from '@elysiajs/openapi/openapi'
import type { AnyElysia } from 'elysia'
import { type ErrorKind, errors } from '../errors.ts'
import { errorSchema, securitySchemes } from './docs.ts'
import { keyRefusal, refusesKey } from './idempotency-header.ts'
import { withRefusal } from './route.ts'

/** OpenAPI's own version. */
const OPENAPI = '3.0.3'

/** The API as its document introduces it. */
export interface About {
  /** The program's name, as GET / answers it. */
  readonly name: string
  readonly title: string
  readonly description: string
  /** Descriptions of the groups of operations, by name. */
  readonly tags: Readonly<Record<string, string>>
}

export interface Contract {
  readonly about: About
  readonly version: string
  /** Kinds of refusals besides the host's. */
  readonly errors: readonly ErrorKind[]
}

type Json = null | boolean | number | string | readonly Json[] | JsonObject
interface JsonObject {
  readonly [key: string]: Json
}
interface Operation extends JsonObject {
  readonly tags?: readonly string[]
}
type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>

/** @param server with all of its routes */
export function describeApi(server: AnyElysia, { about, version, errors: contributed }: Contract): JsonObject {
  const { paths } = toOpenAPISchema(server, { staticFile: false }, undefined, undefined, OPENAPI)
  const named = openNames({ Error: plain(toJson(errorSchema([...Object.values(errors), ...contributed]))) })
  const finished = Object.entries(toJson(paths) as Paths).map(([path, methods]) => [
    path,
    Object.fromEntries(
      Object.entries(methods).map(([method, operation]) => [
        method,
        finish(documented(server.routes, { method, path }, operation), `${method}${path}`, named),
      ]),
    ),
  ])
  const used = new Set(
    finished.flatMap(([, methods]) => Object.values(methods as Paths[string])).flatMap((one) => one.tags ?? []),
  )
  return {
    openapi: OPENAPI,
    info: {
      title: about.title,
      version,
      description: about.description,
      contact: { name: 'The operator of this service' },
      license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
    },
    servers: [{ url: '/', description: 'The server that this document comes from' }],
    tags: [...used].map((name) => ({ name, description: about.tags[name] ?? name })),
    paths: Object.fromEntries(finished),
    components: { schemas: named.schemas(), securitySchemes },
  }
}

/** Schemas as JSON has them: without what TypeBox keeps beside. */
const toJson = (value: unknown): Json => JSON.parse(JSON.stringify(value))

type At = { readonly method: string; readonly path: string }

/** An operation with all that its route says of itself beside its schemas. */
const documented = (routes: AnyElysia['routes'], at: At, operation: Operation): Operation =>
  withKeyRefusal(routes, at, withHeaders(routes, at, operation))

/** Headers of a route's docs, which those of a route with a query or a path lose on their way here. */
function withHeaders(routes: AnyElysia['routes'], { method, path }: At, operation: Operation): Operation {
  const route = routes.find((one) => one.method === method.toUpperCase() && bracedPath(one.path) === path)
  const { detail } = (route?.hooks ?? {}) as { readonly detail?: { readonly parameters?: unknown } }
  const headers = toJson(detail?.parameters ?? []) as readonly Json[]
  const known = (operation.parameters ?? []) as readonly Json[]
  const lost = headers.filter((one) => !known.some((other) => nameOf(other) === nameOf(one)))
  return lost.length === 0 ? operation : { ...operation, parameters: [...known, ...lost] }
}

const bracedPath = (path: string) => path.replace(/:(\w+)/g, '{$1}')
const nameOf = (parameter: Json) => (isObject(parameter) ? parameter.name : undefined)

/** Every route that may not be repeated under an Idempotency-Key says that it refuses one. */
function withKeyRefusal(routes: AnyElysia['routes'], at: At, operation: Operation): Operation {
  const route = { ...at, method: at.method.toUpperCase() }
  if (!refusesKey(route.method, operation)) return operation
  const kind = { ...errors.IDEMPOTENCY_KEY_NOT_SUPPORTED, example: keyRefusal(routes, route) }
  // A route without docs, such as a plugin's first, has no responses.
  const responses = withRefusal((operation.responses ?? {}) as never, kind)
  return { ...operation, responses: toJson(responses) }
}

function finish(operation: Operation, address: string, named: Names): Operation {
  const id = wordsOf(address)
  const first = id.charAt(0).toUpperCase() + id.slice(1)
  const { requestBody: body, parameters, responses = {} } = operation
  return {
    ...(plain(operation) as Operation),
    operationId: id,
    ...(Array.isArray(parameters) ? { parameters: parameters.map((one) => explained(plain(one))) } : {}),
    ...(isObject(body) ? { requestBody: withContent(body, () => `${first}Body`, named) } : {}),
    responses: Object.fromEntries(
      Object.entries(responses as JsonObject).map(([status, response]) => [
        status,
        withContent(response as JsonObject, () => `${first}${status}`, named),
      ]),
    ),
  }
}

/** Readers look for a parameter's description beside its schema, not within. */
function explained(parameter: Json): Json {
  if (!isObject(parameter) || !isObject(parameter.schema)) return parameter
  const { description, ...schema } = parameter.schema
  return description === undefined ? parameter : { description, ...parameter, schema }
}

/** `post/things/{id}/mark-done` as `postThingsByIdMarkDone`: a name in every language that clients are made for. */
function wordsOf(address: string): string {
  const words = address
    .replaceAll('{', 'by-')
    .split(/[^A-Za-z0-9]+/)
    .filter(Boolean)
  const [method = '', ...rest] = words
  return method + (rest.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('') || 'Index')
}

function withContent(part: JsonObject, name: () => string, named: Names): JsonObject {
  const content = isObject(part.content) ? part.content : undefined
  // A description that is not there would be null.
  const { description, ...rest } = part
  const described = typeof description === 'string' ? { ...rest, description } : rest
  if (!content) return described
  return {
    ...described,
    content: Object.fromEntries(
      Object.entries(content).map(([type, media]) => [type, withSchema(media as JsonObject, type, name, named)]),
    ),
  }
}

function withSchema(media: JsonObject, type: string, name: () => string, named: Names): JsonObject {
  const { schema } = media
  if (!isObject(schema) || schema.$ref !== undefined) return media
  const whole = plain(schema)
  return { ...media, schema: type === 'application/json' ? named.refer(whole, name()) : whole }
}

interface Names {
  refer(schema: Json, otherwise: string): Json
  schemas(): JsonObject
}

/** Schemas by name: a title names one wherever it stands; what an operation takes and answers has a name in any case. */
function openNames(given: JsonObject): Names {
  const schemas: Record<string, Json> = { ...given }
  const keep = (name: string, schema: Json): JsonObject => {
    const before = schemas[name]
    if (before !== undefined && !Bun.deepEquals(before, schema)) throw new Error(`Two schemas are called "${name}"`)
    schemas[name] = schema
    return { $ref: `#/components/schemas/${name}` }
  }
  const hoist = (schema: Json, name?: string): Json => {
    if (Array.isArray(schema)) return schema.map((one) => hoist(one))
    if (!isObject(schema)) return schema
    const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, hoist(value)]))
    const title = typeof schema.title === 'string' && schema.nullable !== true ? schema.title : name
    return title === undefined ? inner : keep(title, inner)
  }
  return { refer: hoist, schemas: () => schemas }
}

/** Elysia's numbers are numbers or text that looks like one, since queries hold text; what is answered is a number. */
function plain(value: Json): Json {
  if (Array.isArray(value)) return value.map(plain)
  if (!isObject(value)) return value
  const { anyOf, ...rest } = value
  const number = Array.isArray(anyOf) && anyOf.length === 2 && isNumberText(anyOf[0]) ? anyOf[1] : undefined
  const whole = withoutPatterns(isObject(number) ? { ...rest, ...number } : value)
  return Object.fromEntries(Object.entries(whole).map(([key, inner]) => [key, plain(inner)]))
}

/** OpenAPI 3.0 has no properties by pattern: those of a record are additional ones. */
function withoutPatterns(schema: JsonObject): JsonObject {
  const { patternProperties, ...rest } = schema
  const [one] = isObject(patternProperties) ? Object.values(patternProperties) : []
  return one === undefined ? schema : { ...rest, additionalProperties: one }
}

const isNumberText = (schema: Json | undefined) =>
  isObject(schema) && schema.type === 'string' && (schema.format === 'integer' || schema.format === 'numeric')

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
