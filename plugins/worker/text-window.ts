/** The window in which a chunk's texts reach people on WhatsApp: looked up once for the messages of a chunk that has one. */
import type { Lease, Waiting } from '../../core/messaging/chunk/work.ts'
import type { Policy } from '../../core/messaging/policy/policy.ts'
import { textWindowPolicy } from '../../core/messaging/policy/text-window.ts'
import type { WorkGrant } from './grant.ts'

/** @returns undefined where texts may be sent at any time, or the campaign has a template */
export async function openTextWindow(
  { channel, sender, template }: Lease,
  messages: readonly Waiting[],
  { messaging, clock }: Pick<WorkGrant, 'messaging' | 'clock'>,
): Promise<Policy | undefined> {
  if (channel !== 'whatsapp' || template !== null) return undefined
  const hours = messaging.senders.get(sender)?.textWindowHours
  if (hours === undefined) return undefined
  // Before it is asked: the time that is left then is never longer than the database says.
  const asked = clock.elapsed()
  const phones = messages.flatMap(({ phone }) => phone ?? [])
  const windows = await messaging.work.findWindows(sender, hours, phones)
  return textWindowPolicy((phone) => {
    const left = windows.get(phone)
    return left === undefined ? undefined : left - (clock.elapsed() - asked)
  })
}
