/** Service of dry runs: what a call to /send would do now, without doing it. */
import { type Kysely, sql } from 'kysely'
import type { Clock } from '../../clock.ts'
import { AppError } from '../../errors.ts'
import { mayReceiveRecipients } from '../campaign/status.ts'
import { openTexts } from '../campaign/texts.ts'
import { isConsentRequired } from '../consents/rule.ts'
import { findAttributeTypes } from '../contacts/attribute-store.ts'
import { endedError, overError } from '../enqueue/audience.ts'
import { requireKnownNames } from '../enqueue/known-names.ts'
import { messagingErrors } from '../errors.ts'
import { readPolicies } from '../policy/policies.ts'
import { builtIn, type Policy } from '../policy/policy.ts'
import { quietHoursPolicy } from '../policy/quiet-hours-policy.ts'
import type { Price } from '../prices/price-list.ts'
import { findPriceList } from '../prices/service.ts'
import type { Database } from '../schema.ts'
import { findLimits } from '../senders/pace.ts'
import { countryOf } from '../text/phone-country.ts'
import type { TemplateColumn } from '../text/provider-template.ts'
import type { StopLink } from '../text/template.ts'
import { type CampaignCaps, isCappedNow, joinReservations } from './capped.ts'
import { type Asked, choose } from './chosen.ts'
import { type Cost, costOf } from './cost.ts'
import { type Counted, countChosen } from './count.ts'
import { type Duration, durationOf } from './duration.ts'
import { type Estimate, estimate } from './estimate.ts'
import { addMessage, openTally, type SampledCustomer, type Tally, type TallyOptions } from './tally.ts'
import { openTextWindows, type TextWindows } from './text-windows.ts'

/** Customers whose texts are looked at: a share is then off by 1 % of the recipients at most, 95 times in 100. */
export const SAMPLE = 10_000
/** Customers that are read and looked at in one go: a few milliseconds. */
const BATCH = 500

type Db = Kysely<Database>

export interface DryRunRequest extends Asked {
  readonly campaignId: number
  /** Language of customers whose own is not known. */
  readonly language: string
  /** Aborts when nobody waits for the answer any more. */
  readonly signal?: AbortSignal
  /** Called for each message for which a policy threw. */
  onPolicyFailure(policy: Policy, error: unknown): void
}

export interface DryRun extends Omit<Estimate, 'countries'>, Duration {
  readonly recipients: number
  readonly already_recipients: number
  readonly cost: Cost
}

export interface DryRunService {
  /** @throws AppError what forbids sending, RULE_TOO_SLOW */
  run(request: DryRunRequest): Promise<DryRun>
}

export interface DryRunOptions {
  readonly clock: Clock
  readonly policies?: (() => readonly Policy[]) | undefined
  /** Price list of the file that PRICES names. */
  readonly prices?: readonly Price[] | undefined
  /** Writer of stop links; undefined without PUBLIC_URL. */
  readonly findStopLink?: () => Promise<StopLink | undefined>
  /** Size of the sample. */
  readonly most?: number
}

const noLinks = async () => undefined

export function openDryRunService(db: Db, options: DryRunOptions): DryRunService {
  const { clock, policies = () => [], prices: file, findStopLink = noLinks, most = SAMPLE } = options
  return Object.freeze<DryRunService>({
    run: async (request) => {
      const { campaignId } = request
      const campaign = await getCampaign(db, campaignId)
      const stopLink = await findStopLink()
      await requireSendable(db, campaign, request, stopLink !== undefined)
      const chosen = await choose(db, request, clock.now())
      const { quietHours, caps } = await findPoliciesOf(db, campaign)
      const counted = await countChosen(db, chosen, { campaignId, caps, most, signal: request.signal }, clock)
      const texts = await openTexts(campaign, request.language, () => findAttributeTypes(db), stopLink)
      const { channel, expired } = campaign
      const { onPolicyFailure } = request
      const windows = openTextWindows(db, campaign)
      const marketing = campaign.purpose === 'marketing' ? { needsConsent: await isConsentRequired(db) } : undefined
      const about = {
        campaignId,
        channel,
        texts,
        marketing,
        expired,
        policies: { builtIn: builtIn({ quietHours, textWindow: windows?.policy }), contributed: policies() },
        onPolicyFailure,
      }
      const { countries, ...estimated } = await lookAt(db, counted, about, { windows, caps })
      const limits = await findLimits(
        db,
        campaignId,
        countries.map(({ country }) => country),
      )
      const { prices } = await findPriceList(db, file)
      const { counts } = counted
      return {
        recipients: counts.recipients,
        already_recipients: counts.already,
        ...estimated,
        parts: channel === 'sms' ? estimated.parts : null,
        cost: costOf(channel, countries, prices),
        ...durationOf({ ...campaign, countries, limits }),
      }
    },
  })
}

async function getCampaign(db: Db, id: number) {
  const row = await db
    .selectFrom('campaigns')
    .select([
      'id',
      'channel',
      'status',
      'base_template',
      'texts',
      'template',
      'max_rate',
      'purpose',
      'transliteration',
      'expires_at',
    ])
    .select(sql<Date>`greatest(now(), scheduled_at)`.as('starts_at'))
    .select(sql<boolean>`coalesce(expires_at <= greatest(now(), scheduled_at), false)`.as('expired'))
    .where('id', '=', id)
    .executeTakeFirst()
  if (!row) throw new AppError(messagingErrors.CAMPAIGN_NOT_FOUND, `Campaign with ID ${id} not found`)
  return row
}

/** The quiet hours at the moment at which the campaign would begin, and the caps as they are now; undefined where none are set for it. */
async function findPoliciesOf(db: Db, campaign: Awaited<ReturnType<typeof getCampaign>>) {
  const { purpose, channel, starts_at, expires_at } = campaign
  if (purpose === 'service') return { quietHours: undefined, caps: undefined }
  const { hoursOf, caps } = await readPolicies(db)
  const begins = () => starts_at.getTime()
  const expires = expires_at?.getTime() ?? null
  return {
    quietHours: hoursOf && quietHoursPolicy(hoursOf, { earliest: begins, latest: begins }, expires),
    caps: caps && { caps, channel },
  }
}

/** @throws AppError INVALID_CAMPAIGN_STATUS, TEMPLATE_UNKNOWN_PLACEHOLDER */
async function requireSendable(
  db: Db,
  campaign: Awaited<ReturnType<typeof getCampaign>>,
  { customerIds, spec }: Asked,
  hasLinks: boolean,
): Promise<void> {
  const { id, status } = campaign
  if (!mayReceiveRecipients(status))
    throw spec ? overError(id, status) : await endedError(db, id, status, [...new Set(customerIds)])
  await requireKnownNames(db, id, campaign, hasLinks)
}

async function lookAt(
  db: Db,
  { counts, sample }: Counted,
  options: TallyOptions,
  { windows, caps }: { readonly windows: TextWindows | undefined; readonly caps: CampaignCaps | undefined },
): Promise<Estimate> {
  const tallies = new Map<string | null, Tally>()
  const capped = openTally()
  // The whole number is known of each customer where all are looked at.
  const isWhole = sample.length >= counts.recipients
  const countryFor = isWhole ? (phone: string) => countryOf(phone) ?? null : counts.countryOf
  for (let at = 0; at < sample.length; at += BATCH) {
    const customers = await readCustomers(db, sample.slice(at, at + BATCH), options.texts.columns, caps)
    await windows?.read(customers.map(({ phone }) => ({ phone, country: countryFor(phone) })))
    for (const customer of customers) {
      const country = countryFor(customer.phone)
      const tally = customer.capped ? capped : (tallies.get(country) ?? openTally())
      if (!customer.capped) tallies.set(country, tally)
      addMessage(tally, customer, options)
    }
  }
  const { recipients, byCountry } = counts
  if (!isWhole)
    return estimate({ free: recipients - counts.capped, byCountry }, tallies, { count: counts.capped, tally: capped })
  const sizes = new Map([...tallies].map(([country, { size }]) => [country, size]))
  const free = [...sizes.values()].reduce((sum, size) => sum + size, 0)
  return estimate({ free, byCountry: sizes }, tallies, { count: capped.size, tally: capped })
}

function readCustomers(
  db: Db,
  ids: readonly number[],
  columns: readonly TemplateColumn[],
  caps: CampaignCaps | undefined,
): Promise<SampledCustomer[]> {
  const own = columns.filter((column) => column !== 'customer_id')
  const read = joinReservations(db.selectFrom('customers'), caps)
    .select(['customers.id', 'customers.phone', 'suppressed', 'consent', 'time_zone', ...own])
    .select((caps ? isCappedNow(caps) : sql<boolean>`false`).as('capped'))
    .$if(columns.includes('customer_id'), (query) => query.select('customers.id as customer_id'))
    .where('customers.id', '=', sql<number>`any(${ids}::int[])`)
    .orderBy('customers.id')
  return read.execute() as Promise<SampledCustomer[]>
}
