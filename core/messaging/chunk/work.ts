/** Service of whoever works chunks off: everything that a worker asks of the database, each in one statement or transaction. */
import type { Kysely } from 'kysely'
import { type Clock, systemClock } from '../../clock.ts'
import { openComplete } from '../campaign/complete.ts'
import { pauseRefused } from '../campaign/control.ts'
import { deleteOldThroughput, type Measured, recordThroughput } from '../campaign/throughput.ts'
import { findAttributeTypes } from '../contacts/attribute-store.ts'
import type { AttributeTypes } from '../contacts/attributes.ts'
import { openPolicyReader, type PolicyReader } from '../policy/policies.ts'
import type { Policy } from '../policy/policy.ts'
import { openReserve, type Reserve } from '../policy/reserve.ts'
import { findWindows, type WindowsLeft } from '../policy/text-window.ts'
import type { Database } from '../schema.ts'
import { type Closing, closeBreaker, findClosing, holdSender, openBreaker, openProbes } from '../senders/breaker.ts'
import type { SenderCode } from '../senders/codes.ts'
import { openRecent } from '../suppressions/recent.ts'
import { type NewSuppression, suppress } from '../suppressions/suppress.ts'
import type { StopLink } from '../text/template.ts'
import { type Lease, type Leases, openLeases } from './claim.ts'
import { type Split, splitChunk } from './poison.ts'
import { openRead } from './read.ts'
import { openReport } from './report.ts'

// Types and pure rules for whoever is granted the service.
export type { FailureCount, Measured } from '../campaign/throughput.ts'
export type { AttributeTypes } from '../contacts/attributes.ts'
export type { Caps } from '../policy/caps.ts'
export type { Reserve } from '../policy/reserve.ts'
export type { Watch } from '../suppressions/recent.ts'
export type { NewSuppression } from '../suppressions/suppress.ts'
export { type Claimant, type Lease, lastOf } from './claim.ts'
export { isPoison } from './poison.ts'
export type { Waiting } from './read.ts'
export type { Report, ReportAnswer } from './report.ts'
export type { Result } from './result.ts'
export { backoffMs } from './retry.ts'

export interface WorkService {
  /** Prepares the claims of chunks. */
  openLeases(): Leases
  /** Prepares reading a chunk's messages with their customers. */
  openRead(): ReturnType<typeof openRead>
  /** Attributes that are declared now. */
  findAttributes(): Promise<AttributeTypes>
  /** Writer of stop links; undefined without PUBLIC_URL. */
  findStopLink(): Promise<StopLink | undefined>
  /**
   * Prepares writing results, and asking how many more messages may start.
   * @param isAnswered says whether a sender's receipts name nothing but the id that its provider answered
   */
  openReport(leaseSeconds: number, isAnswered?: (sender: string) => boolean): ReturnType<typeof openReport>
  /** Prepares completing a campaign of which nothing is left; answers false while something is. */
  openComplete(): (campaignId: number) => Promise<boolean>
  /**
   * Pauses a campaign whose content the provider refuses.
   * @param detail who refuses it and how, for a person
   * @returns false where it is not being sent
   */
  pauseRefused(campaignId: number, detail: string): Promise<boolean>
  /** Prepares watching for phones that are suppressed while chunks are worked on. */
  openRecent(): ReturnType<typeof openRecent>
  /** Milliseconds that are left in which a text on WhatsApp may be sent to each phone through the sender. */
  findWindows(sender: string, hours: number, phones: readonly string[]): Promise<WindowsLeft>
  /** Suppresses phones that a provider refuses as such. @returns how many are new */
  suppress(rows: readonly NewSuppression[]): Promise<number>
  /** Splits a chunk that stops whatever works on it. */
  split(lease: Lease): Promise<Split>
  readonly circuit: {
    findClosing(sender: string): Promise<Closing>
    open(sender: string, reason: SenderCode, probeSeconds: number, closings?: number): Promise<boolean>
    close(sender: string, closings?: number): Promise<boolean>
    /** Leaves a sender alone for so many milliseconds, in every process. */
    hold(sender: string, ms: number): Promise<void>
    /** Prepares taking the right to try one message of each of these senders whose circuit is open. */
    openProbes(probeSeconds: number): (mine: readonly string[]) => Promise<string[]>
  }
  /** Policies that plugins contribute, asked before each call after those of every message. */
  policies(): readonly Policy[]
  /** Opens the policies that operators set, as they are in force now. */
  openPolicies(): PolicyReader
  /** Prepares reserving places within the caps for messages that are about to start. */
  openReserve(leaseSeconds: number): Reserve
  readonly throughput: {
    record(process: string, rate: number, measured: Measured): Promise<void>
    deleteOld(): Promise<void>
  }
}

export function openWorkService(
  db: Kysely<Database>,
  policies: () => readonly Policy[] = () => [],
  findStopLink: () => Promise<StopLink | undefined> = async () => undefined,
  clock: Clock = systemClock,
): WorkService {
  return Object.freeze({
    openLeases: () => openLeases(db, clock),
    openRead: () => openRead(db),
    findAttributes: () => findAttributeTypes(db),
    findStopLink,
    openReport: (leaseSeconds: number, isAnswered?: (sender: string) => boolean) =>
      openReport(db, leaseSeconds, isAnswered),
    openComplete: () => openComplete(db),
    pauseRefused: (campaignId: number, detail: string) => pauseRefused(db, campaignId, detail),
    openRecent: () => openRecent(db),
    findWindows: (sender: string, hours: number, phones: readonly string[]) => findWindows(db, sender, hours, phones),
    suppress: (rows: readonly NewSuppression[]) => suppress(db, rows),
    split: (lease: Lease) => splitChunk(db, lease),
    circuit: Object.freeze({
      findClosing: (sender: string) => findClosing(db, sender),
      open: (sender: string, reason: SenderCode, probeSeconds: number, closings?: number) =>
        openBreaker(db, sender, reason, probeSeconds, closings),
      close: (sender: string, closings?: number) => closeBreaker(db, sender, closings),
      hold: (sender: string, ms: number) => holdSender(db, sender, ms),
      openProbes: (probeSeconds: number) => openProbes(db, probeSeconds),
    }),
    policies,
    openPolicies: () => openPolicyReader(db, clock),
    openReserve: (leaseSeconds: number) => openReserve(db, leaseSeconds),
    throughput: Object.freeze({
      record: (process: string, rate: number, measured: Measured) => recordThroughput(db, process, rate, measured),
      deleteOld: () => deleteOldThroughput(db),
    }),
  })
}
