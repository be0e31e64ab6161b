/** Policies as workers see them: read again when a claim names another version, and looked after during long chunks. */
import type { Kysely } from 'kysely'
import type { Clock } from '../../clock.ts'
import type { Database } from '../schema.ts'
import { type Caps, capsOf } from './caps.ts'
import { type HoursOf, openQuietHours } from './quiet-hours.ts'
import type { PolicyDocument } from './tables.ts'

type Db = Kysely<Pick<Database, 'policies'>>

export interface PoliciesInForce {
  /** Null: none are set. */
  readonly version: number | null
  /** Undefined where there are no quiet hours. */
  readonly hoursOf: HoursOf | undefined
  /** Undefined where nothing is capped. */
  readonly caps: Caps | undefined
}

export interface PolicyReader {
  /** The policies of this version, or of a later one. Asks the database only for a version that it does not have. */
  at(version: number | null): Promise<PoliciesInForce>
  /** True where a later version is in force, or was a second ago: the database is asked once a second at most. */
  isOutdated(policies: PoliciesInForce): Promise<boolean>
}

const none: PoliciesInForce = { version: null, hoursOf: undefined, caps: undefined }

/** Age of a version that is asked for again. */
const KEPT_MS = 1000

export function openPolicyReader(db: Db, clock: Pick<Clock, 'elapsed'>): PolicyReader {
  let known = none
  let latest: Promise<number | null> = Promise.resolve(null)
  let askedAt = Number.NEGATIVE_INFINITY
  return {
    at: async (wanted) => {
      if (wanted === null) return none
      if (known.version === wanted) return known
      known = compile(await findPolicies(db))
      return known
    },
    isOutdated: async ({ version }) => {
      if (clock.elapsed() - askedAt >= KEPT_MS) {
        // Chunks that report meanwhile share the answer.
        askedAt = clock.elapsed()
        latest = findVersion(db)
      }
      // A chunk that was claimed since may have a later one.
      return ((await latest) ?? 0) > (version ?? 0)
    },
  }
}

async function findVersion(db: Db): Promise<number | null> {
  return (await db.selectFrom('policies').select('version').executeTakeFirst())?.version ?? null
}

export interface StoredPolicies {
  readonly version: number | null
  readonly document: PolicyDocument
}

export async function findPolicies(db: Db): Promise<StoredPolicies> {
  const row = await db.selectFrom('policies').select(['version', 'document']).executeTakeFirst()
  return row ?? { version: null, document: {} }
}

/** @param document may hold parts that only a newer version of the program knows */
function compile({ version, document }: StoredPolicies): PoliciesInForce {
  const { quiet_hours = [] } = document
  return {
    version,
    hoursOf: quiet_hours.length > 0 ? openQuietHours(quiet_hours) : undefined,
    caps: capsOf(document),
  }
}

/** The policies in force now, for a single look. */
export const readPolicies = async (db: Db): Promise<PoliciesInForce> => compile(await findPolicies(db))
