/** Names of the senders that messages go through. Pure. */
import type { Channel } from '../../core/messaging/schema.ts'

interface Process {
  readonly plugins: readonly string[]
  readonly senders: Readonly<Record<Channel, string>> | null
}

/**
 * By channel: what the processes that send use, or all that live where none of them sends.
 * @returns null where none says; where they differ, one that is not the mock: somebody may receive something
 */
export function sendersOf(processes: readonly Process[]): Record<Channel, string | null> {
  const workers = processes.filter(({ plugins }) => plugins.includes('worker'))
  const asked = workers.length > 0 ? workers : processes
  const nameOf = (channel: Channel) => {
    const names = asked.map(({ senders }) => senders?.[channel])
    if (names.includes(undefined)) return names.find((name) => name !== undefined && name !== 'mock') ?? null
    return names.find((name) => name !== 'mock') ?? names[0] ?? null
  }
  return { sms: nameOf('sms'), whatsapp: nameOf('whatsapp') }
}
