/** Service of whoever puts stop links into texts, and of whoever answers them. */
import type { Kysely } from 'kysely'
import { liftNearMisses } from '../inbound/wishes.ts'
import type { Database } from '../schema.ts'
import { lift, suppress } from '../suppressions/suppress.ts'
import type { StopLink } from '../text/template.ts'
import { openSecret } from './secret.ts'
import { readToken, writeToken } from './token.ts'

type Db = Kysely<Pick<Database, 'server_secrets' | 'customers' | 'suppressions' | 'inbound_messages'>>

/** A person whom a link names. */
export interface LinkedPerson {
  readonly language: string | null
  /** True where the link, or what the person wrote, keeps them from being written to. */
  readonly stopped: boolean
}

export interface StopLinkService {
  /** Prepares writing links; undefined without PUBLIC_URL. */
  findWriter(): Promise<StopLink | undefined>
  /** @returns undefined where no link of ours has the token, or the customer is gone */
  find(token: string): Promise<LinkedPerson | undefined>
  /** Suppresses the person on all channels. @returns false where there is nobody */
  stop(token: string): Promise<boolean>
  /** Takes back what `stop` did, and nothing else. @returns false where there is nobody */
  undo(token: string): Promise<boolean>
}

/** Path of the page, below PUBLIC_URL: short, since it counts in the parts of a text. */
const PATH = '/u/'

export function openStopLinks(db: Db, publicUrl: string | undefined): StopLinkService {
  const secret = openSecret(db)
  const findCustomer = async (token: string) => {
    const id = readToken(await secret(), token)
    if (id === undefined) return undefined
    return db.selectFrom('customers').select(['phone', 'language']).where('id', '=', id).executeTakeFirst()
  }
  return Object.freeze<StopLinkService>({
    findWriter: async () => {
      if (publicUrl === undefined) return undefined
      const key = await secret()
      const base = `${publicUrl.replace(/\/+$/, '')}${PATH}`
      return (customerId) => base + writeToken(key, customerId)
    },
    find: async (token) => {
      const customer = await findCustomer(token)
      if (!customer) return undefined
      const row = await db
        .selectFrom('suppressions')
        .select('id')
        .where('phone', '=', customer.phone)
        .where('channel', '=', 'all')
        .where('reason', '=', 'opt_out')
        .executeTakeFirst()
      return { language: customer.language, stopped: row !== undefined }
    },
    stop: async (token) => {
      const customer = await findCustomer(token)
      if (!customer) return false
      const { phone } = customer
      await db.transaction().execute(async (trx: Db) => {
        // A near miss before it is sure now: it must outlast a review.
        await liftNearMisses(trx, [phone])
        await suppress(trx, [{ phone, channel: 'all', reason: 'opt_out', source: 'link' }])
      })
      return true
    },
    undo: async (token) => {
      const customer = await findCustomer(token)
      if (!customer) return false
      await lift(db, { phones: [customer.phone], channels: ['all'], reasons: ['opt_out'], sources: ['link'] })
      return true
    },
  })
}
