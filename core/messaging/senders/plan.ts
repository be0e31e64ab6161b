/** Named senders and routes, by the settings: which senders there are, of which kind, and with which settings of their own. */
import type { TObject } from '@sinclair/typebox'
import { t } from 'elysia'
import type { Environment } from '../../config/config.ts'
import { parseSetting, type Setting, settingsOf } from '../../config/setting.ts'
import { nearest } from '../../text/nearest.ts'
import { type Channel, channels } from '../schema.ts'
import { type CodeTable, meaningNames, readCodes } from './code-table.ts'
import type { Contributed } from './kinds.ts'
import { type CountryPlan, type RouteSettings, readCountries, readRoutes, splitNames } from './plan-routes.ts'

/** A sender as the settings describe it. */
export interface PlannedSender {
  readonly name: string
  readonly kind: string
  /** Name of the plugin that brings the kind. */
  readonly plugin: string
  /** By the kind's own schema. */
  readonly settings: Readonly<Record<string, unknown>>
  readonly codes: CodeTable
  /** From the settings; undefined: by kind. */
  readonly idempotent: boolean | undefined
  /** The setting that says so. */
  readonly idempotentSetting: string
  /** Undefined: by kind. */
  readonly rate: number | undefined
  readonly concurrency: number | undefined
  readonly timeoutMs: number | undefined
}

export interface SenderPlan {
  readonly senders: readonly PlannedSender[]
  /** Names of the senders of each channel, the first choice first. */
  readonly routes: Readonly<Record<Channel, readonly string[]>>
  /** Names of the senders of countries that have their own, by channel. */
  readonly countries: CountryPlan
}

export interface Planned extends SenderPlan {
  /** A line for each thing that is wrong. */
  readonly problems: readonly string[]
  /** Variables that these senders read. */
  readonly settings: readonly Setting[]
}

/** Settings of the process that the plan is made of. */
export interface PlanSettings extends RouteSettings {
  readonly senders?: string | undefined
  readonly smsSender?: string
  readonly whatsappSender?: string
}

/** Settings of every named sender, whatever its kind. */
export const everySender = t.Object({
  rate: t.Optional(
    t.Number({
      minimum: 0.01,
      maximum: 100_000,
      description:
        'Segments (SMS) or messages (WhatsApp) a second, over all processes; PATCH /senders/{name} changes it',
    }),
  ),
  concurrency: t.Optional(
    t.Integer({ minimum: 1, maximum: 10_000, description: 'Messages in flight at once, over all processes' }),
  ),
  timeoutMs: t.Optional(
    t.Integer({
      minimum: 1,
      maximum: 600_000,
      description: 'Milliseconds to wait for an answer of the provider; after that the message is in doubt',
    }),
  ),
  codes: t.Optional(
    t.String({
      allowed: `codes of the provider with their meaning, such as 30007=later; meanings: ${meaningNames.join(', ')}`,
      description: 'Meanings of the provider’s codes that differ from the built-in table',
    }),
  ),
})

const idempotentSchema = t.Object({
  idempotent: t.Optional(
    t.Boolean({ description: 'On when the provider delivers once for repeated calls with one Idempotency-Key' }),
  ),
})

const NAME = /^[a-z][a-z0-9-]{0,29}$/
const kindSettings = { sms: 'smsSender', whatsapp: 'whatsappSender' } as const
const upper = (name: string) => name.replaceAll('-', '_').toUpperCase()

interface Named {
  readonly name: string
  readonly kind: string
  /** `SENDERS=main:twilio`, for the lines about what is missing. */
  readonly said: string
  /** Its variables are those that the kind had before senders had names, where the kind names any. */
  readonly byChannel: boolean
}

/** @param kinds every kind that a plugin brings, by its name */
export function planSenders(core: PlanSettings, env: Environment, kinds: ReadonlyMap<string, Contributed>): Planned {
  const { named, problems } = core.senders?.trim() ? readNames(core.senders, kinds) : byChannel(core, kinds)
  const read = named.map((one) => readOne(one, env, kinds.get(one.kind) as Contributed))
  const senders = read.map(({ sender }) => sender)
  const carriers = { senders, carries: (kind: string, channel: Channel) => carriesOf(kinds, kind).includes(channel) }
  const routes = core.senders?.trim() ? readRoutes(core, carriers) : { routes: ownRoutes(named), problems: [] }
  const byCountry = readCountries(env, carriers)
  return {
    senders,
    routes: routes.routes,
    countries: byCountry.countries,
    settings: [...read.flatMap(({ settings }) => settings), ...byCountry.settings],
    problems: [...problems, ...read.flatMap((one) => one.problems), ...routes.problems, ...byCountry.problems],
  }
}

const carriesOf = (kinds: ReadonlyMap<string, Contributed>, kind: string) => kinds.get(kind)?.kind.channels ?? []

/** Without SENDERS: a sender for each channel, named after it. */
function byChannel(core: PlanSettings, kinds: ReadonlyMap<string, Contributed>) {
  const named = channels.flatMap((channel): Named[] => {
    const kind = core[kindSettings[channel]] ?? ''
    const said = `${channel.toUpperCase()}_SENDER=${kind}`
    return kinds.has(kind) ? [{ name: channel, kind, said, byChannel: true }] : []
  })
  return { named, problems: [] as string[] }
}

const ownRoutes = (named: readonly Named[]) => ({
  sms: named.filter(({ name }) => name === 'sms').map(({ name }) => name),
  whatsapp: named.filter(({ name }) => name === 'whatsapp').map(({ name }) => name),
})

function readNames(text: string, kinds: ReadonlyMap<string, Contributed>) {
  const named: Named[] = []
  const problems: string[] = []
  const bad = (entry: string, why: string) =>
    problems.push(`SENDERS has "${entry.slice(0, 60)}": ${why}. Write name:kind, such as main:twilio.`)
  for (const entry of splitNames(text)) {
    const [, name, kind] = /^([^:]*):([^:]*)$/.exec(entry)?.map((part) => part.trim()) ?? []
    if (name === undefined || kind === undefined) bad(entry, 'it is not a name and a kind')
    else if (!NAME.test(name))
      bad(entry, 'a name has small letters, digits and hyphens, begins with a letter and has at most 30 of them')
    else if (named.some((one) => upper(one.name) === upper(name))) bad(entry, `the name "${name}" is taken`)
    else if (!kinds.has(kind)) {
      const meant = nearest(kind, new Set(kinds.keys()))
      bad(
        entry,
        `no plugin brings a kind "${kind}"${meant ? `: did you mean ${meant}?` : `; there are ${[...kinds.keys()].join(', ')}`}`,
      )
    } else named.push({ name, kind, said: `SENDERS=${name}:${kind}`, byChannel: false })
  }
  return { named, problems }
}

function readOne({ name, kind, said, byChannel }: Named, env: Environment, { plugin, kind: brought }: Contributed) {
  const prefix = `SENDER_${upper(name)}`
  const own = settingsOf(prefix, withoutAliases(brought.settings, byChannel))
  // A kind that has one of them itself has its own default.
  const common = settingsOf(prefix, everySender).filter(({ name }) => !own.some((one) => one.name === name))
  const idempotent =
    brought.idempotent === 'unsaid' || byChannel ? settingsOf(byChannel ? upper(name) : prefix, idempotentSchema) : []
  const problems: string[] = []
  const read = (settings: readonly Setting[], schema: TObject | undefined) => {
    const values: Record<string, unknown> = {}
    for (const setting of settings) {
      const required = schema?.required?.includes(setting.key) ?? false
      const text = env[setting.name]
      const parsed = parseSetting(setting, text, false)
      if ('problem' in parsed) problems.push(parsed.problem)
      else if (parsed.value !== undefined) values[setting.key] = parsed.value
      else if (required) problems.push(`${setting.name} is not set, but ${said} needs it. Set ${setting.name}.`)
    }
    return values
  }
  const settings = read(own, brought.settings)
  const { rate, concurrency, timeoutMs, codes: text } = read(common, everySender)
  const codes = readCodes(typeof text === 'string' ? text : '')
  if ('problem' in codes)
    problems.push(
      `${prefix}_CODES has "${codes.problem.slice(0, 60)}": expected code=meaning, with one of ${meaningNames.join(', ')}. Correct ${prefix}_CODES.`,
    )
  const sender: PlannedSender = {
    name,
    kind,
    plugin,
    settings,
    codes: 'problem' in codes ? new Map() : codes,
    idempotent: read(idempotent, idempotentSchema).idempotent as boolean | undefined,
    idempotentSetting: idempotent[0]?.name ?? '',
    rate: rate as number | undefined,
    concurrency: concurrency as number | undefined,
    timeoutMs: timeoutMs as number | undefined,
  }
  return { sender, problems, settings: [...own, ...common, ...idempotent] }
}

/** The older names of a kind's variables count for the senders that are named after a channel. */
function withoutAliases(schema: TObject | undefined, byChannel: boolean): TObject | undefined {
  if (!schema || byChannel) return schema
  const properties = Object.entries(schema.properties).map(([key, { env: _, ...property }]) => [key, property])
  return { ...schema, properties: Object.fromEntries(properties) }
}

/** `sms by main (twilio), then spare (http), to KE by at (africastalking), whatsapp by wa (whatsapp)`, for a person. */
export function describeRoutes({ senders, routes, countries }: SenderPlan): string {
  const inOrder = (names: readonly string[], channel: Channel) => {
    const named = names.map((name) => {
      const kind = senders.find((sender) => sender.name === name)?.kind ?? name
      return name === channel ? kind : `${name} (${kind})`
    })
    return named.length === 0 ? 'nobody' : named.join(', then ')
  }
  return channels
    .flatMap((channel) => [
      `${channel} by ${inOrder(routes[channel], channel)}`,
      ...Object.entries(countries[channel]).map(([country, names]) => `to ${country} by ${inOrder(names, channel)}`),
    ])
    .join(', ')
}
