/** Reads the API's OpenAPI document as a stranger would: its operations, and values that fit its schemas. */
import fc, { type Arbitrary } from 'fast-check'
import type { Api } from './api.ts'

/** Part of OpenAPI 3.0's schemas that the document uses. */
export interface Schema {
  readonly type?: 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object'
  readonly nullable?: boolean
  readonly enum?: readonly unknown[]
  readonly format?: string
  readonly pattern?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean
  readonly minProperties?: number
  readonly example?: unknown
  readonly $ref?: string
}

export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query'
  readonly required: boolean
  readonly description?: string
  readonly schema: Schema
}

interface Content {
  readonly schema: Schema
  readonly example?: unknown
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>
}

export interface Operation {
  /** `POST /campaigns/{id}/send` */
  readonly name: string
  readonly method: string
  readonly path: string
  readonly summary?: string
  readonly description?: string
  readonly parameters: readonly Parameter[]
  readonly body: Schema | undefined
  readonly bodyTypes: readonly string[]
  /** The scope that it requires. */
  readonly 'x-scope'?: string
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[]
  readonly responses: Readonly<
    Record<string, { readonly description: string; readonly content?: Readonly<Record<string, Content>> }>
  >
}

interface Written extends Operation {
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> }
}

export async function readOperations(api: Pick<Api, 'call'>): Promise<Operation[]> {
  const { json } = await api.call('GET', '/swagger/json')
  const schemas: Readonly<Record<string, unknown>> = json.components.schemas
  const paths = Object.entries(inFull(json.paths, schemas) as Record<string, Record<string, Written>>)
  return paths.flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, written]) => {
      const content = written.requestBody?.content ?? {}
      return {
        ...written,
        name: `${method.toUpperCase()} ${path}`,
        method: method.toUpperCase(),
        path,
        parameters: written.parameters ?? [],
        body: content['application/json']?.schema,
        bodyTypes: Object.keys(content),
      }
    }),
  )
}

/** With each named schema in the place of its name; Error keeps its own, which says that an answer is a refusal. */
function inFull(value: unknown, schemas: Readonly<Record<string, unknown>>): unknown {
  if (Array.isArray(value)) return value.map((one) => inFull(one, schemas))
  if (typeof value !== 'object' || value === null) return value
  const [, name = 'Error'] = '$ref' in value ? (/\/(\w+)$/.exec(String(value.$ref)) ?? []) : []
  if (name !== 'Error') return inFull(schemas[name], schemas)
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, inFull(inner, schemas)]))
}

/** Checks a value against a schema, independently of the server's own checks, which it judges. */
export function fits(schema: Schema, value: unknown): boolean {
  if (value === null) return schema.nullable === true
  if (schema.enum) return schema.enum.includes(value)
  switch (schema.type) {
    case 'string':
      return typeof value === 'string' && textFits(schema, value)
    case 'integer':
    case 'number':
      return typeof value === 'number' && numberFits(schema, value)
    case 'boolean':
      return typeof value === 'boolean'
    case 'array':
      return Array.isArray(value) && value.every((item) => fits(schema.items ?? {}, item))
    case 'object':
      return typeof value === 'object' && !Array.isArray(value) && objectFits(schema, value)
    default:
      return true
  }
}

function textFits({ minLength = 0, maxLength = Number.MAX_SAFE_INTEGER, pattern, format }: Schema, text: string) {
  const length = [...text].length
  if (length < minLength || length > maxLength) return false
  if (pattern && !new RegExp(pattern, 'u').test(text)) return false
  return format !== 'date-time' || /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/.test(text)
}

function numberFits({ type, minimum = -Number.MAX_VALUE, maximum = Number.MAX_VALUE }: Schema, value: number) {
  return value >= minimum && value <= maximum && (type === 'number' || Number.isInteger(value))
}

function objectFits(
  { properties = {}, required = [], additionalProperties, minProperties = 0 }: Schema,
  value: object,
) {
  const entries = Object.entries(value)
  return (
    entries.length >= minProperties &&
    required.every((name) => Object.hasOwn(value, name)) &&
    entries.every(([name, field]) => {
      const schema = Object.hasOwn(properties, name) ? properties[name] : undefined
      return schema ? fits(schema, field) : additionalProperties !== false
    })
  )
}

/** Values that fit a schema, its own examples among them. */
export function fitting(schema: Schema): Arbitrary<unknown> {
  if (schema.enum) return fc.constantFrom(...schema.enum)
  const example = schema.example === undefined ? [] : [fc.constant(schema.example)]
  switch (schema.type) {
    case 'string':
      return fc.oneof(...example, schema.format === 'date-time' ? someTime : someText(schema))
    case 'integer':
      return fc.oneof(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: schema.minimum ?? 0, max: schema.maximum ?? 1000 }),
      )
    case 'number':
      return fc.oneof(...example, fc.double({ min: schema.minimum ?? 0, max: schema.maximum ?? 1000, noNaN: true }))
    case 'boolean':
      return fc.boolean()
    case 'array':
      return fc.array(fitting(schema.items ?? {}), { maxLength: 5 })
    case 'object':
      return fittingObject(schema)
    default:
      throw new Error(`Cannot make a value for the schema ${JSON.stringify(schema)}`)
  }
}

function fittingObject({ properties = {}, required = [] }: Schema): Arbitrary<unknown> {
  const fields = Object.entries(properties).map(([name, schema]) => [name, fitting(schema)] as const)
  return fc.record(Object.fromEntries(fields), { requiredKeys: [...required] })
}

const someTime = fc
  .date({ min: new Date('1970-01-02T00:00:00Z'), max: new Date('9999-12-30T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString())

const someText = ({ maxLength = 100, pattern }: Schema) =>
  fc
    .string({ unit: 'grapheme', maxLength: Math.min(maxLength, 30) })
    .map((text) => (pattern ? `x${text.slice(1)}` : text))
