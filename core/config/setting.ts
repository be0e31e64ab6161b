/**
 * One setting: how its variable is called, how its text becomes a value, and what is said when it cannot. Settings are
 * TypeBox schemas; three keys of ours may stand beside the schema's own: `secret` (never shown), `env` (another
 * variable's name than the usual one), `allowed` (what a string may be, in words).
 */
import type { TObject, TSchema } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'

export interface Setting {
  /** The variable: `WORKER_LEASE_SECONDS`. */
  readonly name: string
  /** The key in its plugin's settings: `leaseSeconds`. */
  readonly key: string
  readonly schema: TSchema
}
export type Parsed = { readonly value: unknown } | { readonly problem: string }

const integer = /^(0|-?[1-9]\d*)$/
const decimal = /^-?(0|[1-9]\d*)(\.\d+)?$/

/** The settings of a schema: `worker` and `leaseSeconds` make `WORKER_LEASE_SECONDS`. */
export function settingsOf(prefix: string, schema: TObject | undefined): Setting[] {
  const upper = (key: string) => key.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase()
  return Object.entries(schema?.properties ?? {}).map(([key, property]) => ({
    name: typeof property.env === 'string' ? property.env : prefix ? `${upper(prefix)}_${upper(key)}` : upper(key),
    key,
    schema: numberOf(property) ?? property,
  }))
}

/** Elysia's `t.Integer` is a number or text that looks like one; only the number counts here. */
function numberOf(schema: TSchema): TSchema | undefined {
  return (schema.anyOf as TSchema[] | undefined)?.find(({ type }) => type === 'integer' || type === 'number')
}

/** The value as it would be written in the environment. */
export function textOf(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value)
}

function choices(schema: TSchema): readonly string[] | undefined {
  if (schema.type === 'boolean') return ['on', 'off']
  const members: TSchema[] = schema.anyOf ?? (schema.const === undefined ? [] : [schema])
  return members.length > 0 && members.every((m) => m.const !== undefined)
    ? members.map((m) => String(m.const))
    : undefined
}

/** Allowed values, in words: `a whole number from 0 to 65535`. */
export function allowedText(schema: TSchema): string {
  if (typeof schema.allowed === 'string') return schema.allowed
  const some = choices(schema)
  if (some) return some.length > 1 ? `${some.slice(0, -1).join(', ')} or ${some.at(-1)}` : `${some[0]}`
  if (schema.type !== 'integer' && schema.type !== 'number') return 'text'
  const { type, minimum, maximum } = schema
  const kind = type === 'integer' ? 'a whole number' : 'a number'
  if (minimum !== undefined && maximum !== undefined) return `${kind} from ${minimum} to ${maximum}`
  if (minimum !== undefined) return `${kind}, at least ${minimum}`
  return maximum === undefined ? kind : `${kind}, at most ${maximum}`
}

/** The text as the schema's kind of value. Strict: `8080abc`, ` 80`, `1e3`, `0x10` and `080` are no numbers. */
function convert(text: string, { type, anyOf }: TSchema): unknown {
  if (type === 'integer') return integer.test(text) ? Number(text) : undefined
  if (type === 'number') return decimal.test(text) ? Number(text) : undefined
  if (type === 'boolean') return text === 'on' ? true : text === 'off' ? false : undefined
  return (anyOf as TSchema[] | undefined)?.find((member) => String(member.const) === text)?.const ?? text
}

/** `PORT="8080abc"`, on one line and of bounded length; a secret only as `DATABASE_URL`. */
function quoted({ name, schema }: Setting, text: string): string {
  if (schema.secret) return `${name} (its value is not shown)`
  return `${name}=${JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}...` : text)}`
}

/** One line about a value that is not allowed: which one, what may stand there, what to do. */
export function badSetting(setting: Setting, text: string, expected = allowedText(setting.schema)): string {
  const { name, schema } = setting
  const fallback = textOf(schema.default)
  const remedy = fallback ? `remove it to use ${fallback}` : 'remove it'
  return `${quoted(setting, text)} is not allowed: expected ${expected}. Correct ${name}, or ${remedy}.`
}

/** A blank variable counts as one that is not set. */
export function parseSetting(setting: Setting, text: string | undefined, required: boolean): Parsed {
  const { name, schema } = setting
  if (text === undefined || text.trim() === '') {
    if (schema.default !== undefined || !required) return { value: schema.default }
    return { problem: `${name} is not set: expected ${allowedText(schema)}. Set ${name}.` }
  }
  const value = convert(text, schema)
  return Value.Check(schema, value) ? { value } : { problem: badSetting(setting, text) }
}
