/** The Idempotency-Key of an import. */
import { AppError, errors } from '../../../core/errors.ts'
import { customerErrors } from '../errors.ts'
import type { CustomerGrant } from '../grant.ts'
import type { Import, ImportReport } from './import.ts'

/** @throws AppError INVALID_REQUEST for a key that is none */
export function readKey(headers: Headers): string | undefined {
  const key = headers.get('idempotency-key')
  if (key === null) return undefined
  if (/^[\x21-\x7e]{1,255}$/.test(key)) return key
  const message = 'header.idempotency-key must be 1 to 255 visible ASCII characters'
  throw new AppError(errors.INVALID_REQUEST, message, [{ path: 'header.idempotency-key', message }])
}

export interface Answer {
  readonly report: ImportReport
  /** True when the report is that of an earlier import. */
  readonly replayed: boolean
}

/** @throws AppError IDEMPOTENCY_KEY_IN_USE, IDEMPOTENCY_KEY_REUSED, and whatever the import throws; the key is free then */
export async function importUnderKey(
  contacts: CustomerGrant['contacts']['write'],
  key: string,
  { run, body }: Import,
): Promise<Answer> {
  const drain = async () => {
    for await (const _ of body);
  }
  const once = await contacts.importOnce(key, { run, drain, fingerprint: body.fingerprint })
  if (once.kind === 'done') return once
  if (once.kind === 'reused')
    throw new AppError(
      customerErrors.IDEMPOTENCY_KEY_REUSED,
      'This Idempotency-Key was used with another body: use a new key for each import',
    )
  throw new AppError(
    customerErrors.IDEMPOTENCY_KEY_IN_USE,
    'An import with this Idempotency-Key is running: try again later',
  )
}
