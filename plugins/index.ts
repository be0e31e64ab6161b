/** Every plugin there is, in the order in which they start. */
import type { Server } from '../core/host/compose.ts'
import { africastalking } from './africastalking/plugin.ts'
import { campaigns } from './campaigns/plugin.ts'
import { console } from './console/plugin.ts'
import { control } from './control/plugin.ts'
import { customers } from './customers/plugin.ts'
import { health } from './health/plugin.ts'
import { http } from './http/plugin.ts'
import { inbound } from './inbound/plugin.ts'
import { infobip } from './infobip/plugin.ts'
import { mock } from './mock/plugin.ts'
import { policies } from './policies/plugin.ts'
import { preview } from './preview/plugin.ts'
import { prices } from './prices/plugin.ts'
import { receipts } from './receipts/plugin.ts'
import { scheduler } from './scheduler/plugin.ts'
import { segments } from './segments/plugin.ts'
import { senders } from './senders/plugin.ts'
import { smsleopard } from './smsleopard/plugin.ts'
import { stats } from './stats/plugin.ts'
import { stoplinks } from './stoplinks/plugin.ts'
import { suppressions } from './suppressions/plugin.ts'
import { twilio } from './twilio/plugin.ts'
import { vonage } from './vonage/plugin.ts'
import { whatsapp } from './whatsapp/plugin.ts'
import { worker } from './worker/plugin.ts'

export const plugins = [
  campaigns,
  control,
  customers,
  segments,
  suppressions,
  preview,
  senders,
  prices,
  policies,
  health,
  stats,
  receipts,
  inbound,
  stoplinks,
  scheduler,
  worker,
  mock,
  http,
  twilio,
  vonage,
  whatsapp,
  infobip,
  africastalking,
  smsleopard,
  console,
] as const

/** The whole API, for a typed client. */
export type Api = Server<typeof plugins>
