/** Services of messaging that plugins are granted part by part, and what plugins contribute to it. */
import type { Kysely } from 'kysely'
import type { Clock } from '../clock.ts'
import type { OpenServices } from '../host/services.ts'
import { type CampaignService, openCampaignService } from './campaign/campaign-service.ts'
import { type ControlService, openControlService } from './campaign/control-service.ts'
import { openPreviewStore, type PreviewStore } from './campaign/preview.ts'
import { openScheduleService, type ScheduleService } from './campaign/schedule-service.ts'
import { openWorkService, type WorkService } from './chunk/work.ts'
import { type ContactServices, openContactServices } from './contacts/service.ts'
import { type EnqueueService, openEnqueueService } from './enqueue/enqueue.ts'
import type { EventHandlers } from './events/types.ts'
import type { Policy } from './policy/policy.ts'
import { openReceiptService, type ReceiptService } from './receipts/service.ts'
import { openRecipientService, type RecipientService } from './recipients/service.ts'
import type { Database } from './schema.ts'
import type { Channels, Sender, SenderKind, Senders } from './senders/contract.ts'

export interface MessagingServices {
  /** Sends through the configured SMS and WhatsApp senders. */
  senders: Channels
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
  /** Shows recipients. */
  recipients: RecipientService
  /** Takes what providers post: receipts, and what people write. */
  receipts: ReceiptService
  /** Reads what a preview needs: a text and one customer. */
  preview: PreviewStore
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
}

export function openServices({ db, clock, senders, policies }: ServiceOptions): OpenServices {
  return {
    messaging: {
      senders: () => withoutClose(senders),
      work: () => openWorkService(db, policies),
      schedule: () => openScheduleService(db),
      control: () => openControlService(db),
      campaigns: () => openCampaignService(db, clock),
      enqueue: () => openEnqueueService(db),
      recipients: () => openRecipientService(db),
      receipts: () => openReceiptService(db),
      preview: () => Object.freeze(openPreviewStore(db)),
    },
    contacts: openContactServices(db, clock),
  }
}

function withoutClose(senders: () => Senders): Channels {
  const narrow = ({ name, idempotent, timeoutMs, send }: Sender) => Object.freeze({ name, idempotent, timeoutMs, send })
  return Object.freeze({
    get sms() {
      return narrow(senders().sms)
    },
    get whatsapp() {
      return narrow(senders().whatsapp)
    },
  })
}
