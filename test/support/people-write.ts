/** Settings of a sender that takes what people write, and its gateway's posts. */
import { createHmac } from 'node:crypto'
import type { Console } from './console.ts'

const SECRET = 'a-secret-of-the-gateway'

/** Nothing is sent through it. */
export const writtenTo = {
  SENDERS: 'main:mock,gateway:http',
  SENDER_GATEWAY_URL: 'http://127.0.0.1:9',
  SENDER_GATEWAY_HOOK_SECRET: SECRET,
  PUBLIC_URL: 'https://sms.example.org',
  SMS_ROUTE: 'main',
  WHATSAPP_ROUTE: 'main',
} as const

let nth = 0

/** Posts a message of a person, as the gateway does. */
export async function write({ server }: Pick<Console, 'server'>, from: string, text: string): Promise<void> {
  const body = JSON.stringify({ inbound: [{ id: `in-${++nth}`, from, to: '20880', text }] })
  const timestamp = Math.floor(Date.now() / 1000)
  const signature = createHmac('sha256', SECRET).update(`${timestamp}.${body}`).digest('hex')
  const response = await fetch(`${server.url}/hooks/gateway`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'dispatch-timestamp': String(timestamp),
      'dispatch-signature': `sha256=${signature}`,
    },
    body,
  })
  if (!response.ok) throw new Error(`The hook answered ${response.status}: ${await response.text()}`)
}
