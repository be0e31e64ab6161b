/** Routes by the settings: the senders of a channel, `SMS_ROUTE=main,spare`, and of a country, `SMS_ROUTE_KE=at,main`. */
import { t } from 'elysia'
import type { Environment } from '../../config/config.ts'
import type { Setting } from '../../config/setting.ts'
import { type Channel, channels } from '../schema.ts'
import { isCountry } from '../text/phone.ts'

/** Names of senders by country, by channel. */
export type CountryPlan = Readonly<Record<Channel, Readonly<Record<string, readonly string[]>>>>

/** Settings of channels' routes. */
export interface RouteSettings {
  readonly smsRoute?: string | undefined
  readonly whatsappRoute?: string | undefined
}

/** The senders that a route may name. */
interface Carriers {
  readonly senders: readonly { readonly name: string; readonly kind: string }[]
  carries(kind: string, channel: Channel): boolean
}

const routeSettings = { sms: 'smsRoute', whatsapp: 'whatsappRoute' } as const
const settingOf = (channel: Channel) => `${channel.toUpperCase()}_ROUTE`

export const splitNames = (text: string): string[] =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean)

export function readRoutes(core: RouteSettings, carriers: Carriers) {
  const problems: string[] = []
  const routeOf = (channel: Channel): readonly string[] => {
    const text = core[routeSettings[channel]]?.trim()
    if (!text) return carriersOf(carriers, channel).map(({ name }) => name)
    const read = readNames(text, settingOf(channel), channel, carriers)
    problems.push(...read.problems)
    return read.names
  }
  return { routes: { sms: routeOf('sms'), whatsapp: routeOf('whatsapp') }, problems }
}

/** Reads the variables of all countries; their names are known only once they are set. */
export function readCountries(env: Environment, carriers: Carriers) {
  const problems: string[] = []
  const settings: Setting[] = []
  const countriesOf = (channel: Channel) => {
    const prefix = `${settingOf(channel)}_`
    const countries: Record<string, readonly string[]> = {}
    for (const [setting, text] of Object.entries(env)) {
      const country = setting.slice(prefix.length)
      if (!setting.startsWith(prefix)) continue
      settings.push({ name: setting, key: setting, schema: t.String() })
      if (!text?.trim()) continue
      if (!isCountry(country)) {
        problems.push(`${setting} is for no country: it must end in the code of one, such as ${prefix}KE. Rename it.`)
        continue
      }
      const read = readNames(text, setting, channel, carriers)
      problems.push(...read.problems)
      countries[country] = read.names
    }
    return countries
  }
  return {
    countries: Object.fromEntries(channels.map((channel) => [channel, countriesOf(channel)])) as CountryPlan,
    settings,
    problems,
  }
}

const carriersOf = ({ senders, carries }: Carriers, channel: Channel) =>
  senders.filter(({ kind }) => carries(kind, channel))

function readNames(text: string, setting: string, channel: Channel, carriers: Carriers) {
  const names = [...new Set(splitNames(text))]
  const able = carriersOf(carriers, channel)
  const problems = names.flatMap((name) => {
    if (!carriers.senders.some((sender) => sender.name === name))
      return [
        `${setting} names "${name}", which SENDERS does not have. Correct ${setting}, or add the sender to SENDERS.`,
      ]
    if (!able.some((sender) => sender.name === name))
      return [`${setting} names "${name}", whose kind does not carry ${channel}. Correct ${setting}.`]
    return []
  })
  return { names, problems }
}
