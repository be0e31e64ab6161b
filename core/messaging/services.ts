/** Services of messaging that plugins are granted part by part, and what plugins contribute to it. */
import type { Kysely } from 'kysely'
import type { Clock } from '../clock.ts'
import type { OpenServices } from '../host/services.ts'
import { type CampaignService, openCampaignService } from './campaign/campaign-service.ts'
import { type ControlService, openControlService } from './campaign/control-service.ts'
import { openPreviewStore, type PreviewStore } from './campaign/preview.ts'
import { openScheduleService, type ScheduleService } from './campaign/schedule-service.ts'
import { openWorkService, type WorkService } from './chunk/work.ts'
import { type ConsentService, openConsentService } from './consents/service.ts'
import { type ContactServices, openContactServices } from './contacts/service.ts'
import { type DryRunService, openDryRunService } from './dry-run/service.ts'
import { type EnqueueService, openEnqueueService } from './enqueue/enqueue.ts'
import type { EventHandlers } from './events/types.ts'
import { type InboundService, openInboundService } from './inbound/service.ts'
import type { Policy } from './policy/policy.ts'
import { openPolicyService, type PolicyService } from './policy/service.ts'
import type { Price } from './prices/price-list.ts'
import { openPriceService, type PriceService } from './prices/service.ts'
import { openReceiptService, type ReceiptService } from './receipts/service.ts'
import { openRecipientService, type RecipientService } from './recipients/service.ts'
import type { Channel, Database } from './schema.ts'
import { openSegmentService, type SegmentService } from './segments/service.ts'
import type { OpenedSender, OpenedSenders, Sender, SenderKind, Senders } from './senders/contract.ts'
import { openSenderService, type SenderService } from './senders/sender-service.ts'
import { openStopLinks, type StopLinkService } from './stop-links/service.ts'
import { openSuppressionService, type SuppressionService } from './suppressions/service.ts'

export interface MessagingServices {
  /** Sends through the configured senders. */
  senders: OpenedSenders
  /** Shows and changes the limits and routes of senders. */
  senderStates: SenderService
  /** Claims chunks, writes down what became of their messages, and completes campaigns. */
  work: WorkService
  /** Starts what is due, announces chunks, rescues what dead processes left behind. */
  schedule: ScheduleService
  /** Pauses, resumes and cancels campaigns, and takes up what failed or is in doubt. */
  control: ControlService
  /** Makes, shows, changes and removes campaigns. */
  campaigns: CampaignService
  /** Gives campaigns their recipients. */
  enqueue: EnqueueService
  /** Says what a call to /send would do. */
  dryRun: DryRunService
  /** Shows recipients. */
  recipients: RecipientService
  /** Takes what providers post: receipts, and what people write. */
  receipts: ReceiptService
  /** Shows what people wrote, and has near misses reviewed. */
  inbound: InboundService
  /** Answers the links by which people opt out. */
  stopLinks: StopLinkService
  /** Reads what a preview needs: a text and one customer. */
  preview: PreviewStore & { readonly findStopLink: StopLinkService['findWriter'] }
  /** Keeps segments, and finds the customers who fit a rule. */
  segments: SegmentService
  /** Keeps the price list. */
  prices: PriceService
  /** Shows and changes the phones that nothing is sent to. */
  suppressions: SuppressionService
  /** Shows and records what customers agreed to, and withdrew. */
  consents: ConsentService
  /** Keeps the policies that operators set. */
  policies: PolicyService
}

declare module '../host/services.ts' {
  interface Services {
    messaging: MessagingServices
    contacts: ContactServices
  }
  interface Contributions<Granted> {
    /** Kinds of senders, by the name under which a setting chooses them. */
    readonly senders?: Readonly<Record<string, SenderKind<Granted>>>
    /** May a recipient be written to now? Asked before each message is started. */
    policies?(granted: Granted): readonly Policy[]
    /** Handlers of domain events, by type. */
    readonly on?: EventHandlers<Granted>
  }
}

export interface ServiceOptions {
  readonly db: Kysely<Database>
  readonly clock: Clock
  /** The open senders, which are there once all plugins have their grants. */
  readonly senders: () => Senders
  /** Policies that plugins contribute, which are there once all plugins have their grants. */
  readonly policies?: () => readonly Policy[]
  /** Address at which people reach this service, for stop links. */
  readonly publicUrl?: string | undefined
  /** Price list of the file that PRICES names. */
  readonly prices?: readonly Price[] | undefined
}

export function openServices({ db, clock, senders, policies, prices, publicUrl }: ServiceOptions): OpenServices {
  const links = openStopLinks(db, publicUrl)
  const hasLinks = publicUrl !== undefined
  return {
    messaging: {
      senders: () => withoutClose(senders),
      senderStates: () => openSenderService(db),
      work: () => openWorkService(db, policies, links.findWriter, clock),
      schedule: () => openScheduleService(db, clock),
      control: () => openControlService(db, hasLinks),
      campaigns: () => openCampaignService(db, clock),
      enqueue: () => openEnqueueService(db, clock, hasLinks),
      dryRun: () => openDryRunService(db, { clock, policies, prices, findStopLink: links.findWriter }),
      recipients: () => openRecipientService(db),
      receipts: () => openReceiptService(db),
      stopLinks: () => links,
      inbound: () => openInboundService(db),
      preview: () => Object.freeze({ ...openPreviewStore(db), findStopLink: links.findWriter }),
      segments: () => openSegmentService(db, clock),
      prices: () => openPriceService(db, prices),
      suppressions: () => openSuppressionService(db),
      consents: () => openConsentService(db),
      policies: () => openPolicyService(db, clock),
    },
    contacts: openContactServices(db, clock),
  }
}

/** Senders without the right to close them. */
function withoutClose(senders: () => Senders): OpenedSenders {
  const narrowed = new WeakMap<Sender, OpenedSender>()
  const narrow = (sender: Sender): OpenedSender => {
    const known = narrowed.get(sender)
    if (known) return known
    const { close: _, ...rest } = sender
    const made = Object.freeze(rest)
    narrowed.set(sender, made)
    return made
  }
  return Object.freeze({
    get: (name: string) => {
      const found = senders().get(name)
      return found && narrow(found)
    },
    list: () => senders().list().map(narrow),
    of: (channel: Channel) => senders().of(channel).map(narrow),
    countries: (channel: Channel) => senders().countries(channel),
  })
}
