/** Settings of messaging, besides those of the process: defaults, limits and contradictions. */
import type { Static } from '@sinclair/typebox'
import { t } from 'elysia'
import {
  type Settings as AllSettings,
  describeSettings as describeAll,
  type Environment,
  readSettings as readAll,
} from '../config/config.ts'
import { coreSchema } from '../config/core-settings.ts'
import { badSetting, settingsOf } from '../config/setting.ts'
import { BootError } from '../errors.ts'
import type { AnyPlugin } from '../host/plugin.ts'
import { type PriceFile, readPriceFile } from './prices/price-file.ts'
import type { Price } from './prices/price-list.ts'
import { senderKindsOf } from './senders/kinds.ts'
import { type Planned, planSenders, type SenderPlan } from './senders/plan.ts'
import { type CountryCode, isCountry } from './text/phone.ts'

const sender = (channel: string) =>
  t.String({
    default: 'mock',
    allowed: 'the name of a sender of a plugin, such as mock or http',
    description: `Sender for ${channel}: mock delivers nothing, http posts to HTTP_SENDER_URL`,
  })

const route = (channel: string) =>
  t.Optional(
    t.String({
      allowed: 'names from SENDERS, in order of preference',
      description: `Senders for ${channel}, each used while those before it cannot send; ${channel.toUpperCase()}_ROUTE_KE and the like: those for phones of one country; default: all for this channel, in the order of SENDERS`,
    }),
  )

const idempotent = (channel: string) =>
  t.Optional(
    t.Boolean({
      description: `On if the ${channel} sender delivers only once when a call is repeated with the same Idempotency-Key; default: on for mock, off for http`,
    }),
  )

/** For plugins that parse phone numbers. */
export const countrySetting = t.String({
  default: 'KE',
  pattern: '^[A-Z]{2}$',
  env: 'DEFAULT_COUNTRY',
  allowed: 'a country code of two capital letters, such as KE',
  description: 'Country of phone numbers without a country code',
})

/** For plugins that fill in templates. */
export const languageSetting = t.String({
  default: 'en',
  pattern: '^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$',
  env: 'DEFAULT_LANGUAGE',
  allowed: 'a language tag such as en, en-KE or sw',
  description: 'Language of numbers and dates in texts to customers whose language is not known',
})

/** For plugins that providers call. */
export const publicUrlSetting = t.Optional(
  t.String({
    env: 'PUBLIC_URL',
    pattern: '^https?://[^\\s/?#]+[^\\s?#]*$',
    allowed: 'an http:// or https:// URL',
    description:
      'Address at which providers and recipients reach this service: receipts come to PUBLIC_URL/hooks/{sender}, and {stop_link} leads to PUBLIC_URL/u/{token}. Without it there are neither',
  }),
)

/** @throws BootError for an unknown country code */
export function requireCountry(code: string): CountryCode {
  if (isCountry(code)) return code
  throw new BootError(`DEFAULT_COUNTRY="${code}" is not allowed: expected the code of a country, such as KE`)
}

export const settingsSchema = t.Object({
  ...coreSchema.properties,
  sampleData: t.Boolean({ default: true, description: 'Fill an empty embedded database with sample data' }),
  defaultCountry: countrySetting,
  defaultLanguage: languageSetting,
  publicUrl: publicUrlSetting,
  senders: t.Optional(
    t.String({
      allowed: 'name:kind pairs, such as main:twilio,spare:africastalking',
      description:
        'Named senders, each with its own SENDER_<NAME>_ settings; default: those of SMS_SENDER and WHATSAPP_SENDER',
    }),
  ),
  prices: t.Optional(
    t.String({
      allowed: 'the path of a JSON file such as {"prices": [...]}',
      description:
        'File with the price list, in the form that PUT /prices takes; it is read at the start, and counts in place of what PUT /prices stored',
    }),
  ),
  consent: t.Optional(
    t.Union([t.Literal('assumed'), t.Literal('required')], {
      description:
        'required: marketing is sent only to customers whose consent is recorded; assumed: to all but those who have withdrawn it. The value is kept in the database and holds for all processes: the last one that starts with a value sets it, and one without leaves it as it is. At first: assumed',
    }),
  ),
  smsRoute: route('SMS'),
  whatsappRoute: route('WhatsApp'),
  smsSender: sender('SMS'),
  whatsappSender: sender('WhatsApp'),
  smsIdempotent: idempotent('SMS'),
  whatsappIdempotent: idempotent('WhatsApp'),
})
export type ProcessSettings = Static<typeof settingsSchema>
export interface Settings extends AllSettings<ProcessSettings> {
  readonly senders: SenderPlan
  /** Price list of the file that PRICES names. */
  readonly prices?: readonly Price[]
}

/**
 * Reads every setting of the process at once.
 * @throws BootError with a line for each bad setting
 */
export function readSettings(env: Environment, plugins: readonly AnyPlugin[]): Settings {
  const kinds = senderKindsOf(plugins)
  let plan: Planned | undefined
  const planned = (core: Partial<ProcessSettings>) => (plan ??= planSenders(core, env, kinds))
  let file: PriceFile | undefined
  const pricesOf = ({ prices }: Partial<ProcessSettings>) =>
    (file ??= prices?.trim() ? readPriceFile(prices.trim()) : undefined)
  const settings = readAll(env, plugins, {
    schema: settingsSchema,
    contradictions: (core) => [
      ...contradictions(core, env, kinds),
      ...planned(core).problems,
      ...problemsOf(pricesOf(core)),
    ],
    alsoEnabled: (core) => planned(core).senders.map(({ plugin }) => plugin),
    alsoRead: (core) => planned(core).settings,
  })
  const { senders, routes, countries } = planned(settings.core)
  const read = pricesOf(settings.core)
  return {
    ...settings,
    senders: { senders, routes, countries },
    ...(read && 'prices' in read ? { prices: read.prices } : {}),
  }
}

const problemsOf = (file: PriceFile | undefined) => (file && 'problem' in file ? [file.problem] : [])

const kindSettings = ['smsSender', 'whatsappSender'] as const

const settingFor = (key: keyof ProcessSettings) => {
  const setting = settingsOf('', settingsSchema).find((one) => one.key === key)
  if (!setting) throw new Error(`No setting "${key}"`)
  return setting
}

function contradictions(
  core: Partial<ProcessSettings>,
  env: Environment,
  kinds: ReturnType<typeof senderKindsOf>,
): string[] {
  const bad = (key: keyof ProcessSettings, expected: string) => {
    const setting = settingFor(key)
    return badSetting(setting, env[setting.name] ?? '', expected)
  }
  const named = core.senders?.trim() !== undefined && core.senders.trim() !== ''
  const unknown = kindSettings.filter(
    (key) => !named && env[settingFor(key).name]?.trim() && !kinds.has(core[key] ?? ''),
  )
  const { defaultCountry: country } = core
  return [
    ...unknown.map((key) => bad(key, orList([...kinds.keys()]))),
    ...(country !== undefined && !isCountry(country)
      ? [bad('defaultCountry', 'the code of a country, such as KE')]
      : []),
  ]
}

const orList = (names: readonly string[]) =>
  names.length > 1 ? `${names.slice(0, -1).join(', ')} or ${names.at(-1)}` : names.join('')

/** Every variable once, with its default and description. */
export const describeSettings = (plugins: readonly AnyPlugin[]) => describeAll(plugins, settingsSchema)
