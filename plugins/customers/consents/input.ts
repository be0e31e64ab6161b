/** From what a request says about a consent to what is recorded, and a record as the API shows it. Pure. */
import { AppError, errors } from '../../../core/errors.ts'
import { isoTime, parseTime } from '../../../core/http/time.ts'
import type { ConsentRow, NewConsent } from '../../../core/messaging/consents/service.ts'
import type { ConsentFields, ConsentInput } from './schema.ts'

interface Recording {
  readonly actor: string
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** @throws AppError INVALID_REQUEST for a time that is to come. @param prefix of paths in it: `consent.` */
export function readConsent(body: ConsentInput, { actor, now }: Recording, prefix = ''): NewConsent {
  return {
    channel: body.channel ?? 'all',
    status: body.status,
    method: body.method ?? 'api',
    wording: body.wording ?? null,
    evidence: body.evidence ?? null,
    capturedAt: readPast(`${prefix}captured_at`, body.captured_at, now),
    actor,
  }
}

/** @returns undefined for an import that says nothing of consent. @throws AppError INVALID_REQUEST */
export function readConsentFields(query: ConsentFields, { actor, now }: Recording): NewConsent | undefined {
  const { consent, consent_channel, consent_wording, consent_evidence, consent_captured_at } = query
  if (consent === undefined) {
    const [lone] = Object.keys({ ...query }).filter((name) => name.startsWith('consent_'))
    if (lone === undefined) return undefined
    throw refuse(`query.${lone}`, `query.${lone} needs query.consent: add consent=given or consent=withdrawn`)
  }
  return {
    channel: consent_channel ?? 'all',
    status: consent,
    method: 'import',
    wording: consent_wording ?? null,
    evidence: consent_evidence ?? null,
    capturedAt: readPast('query.consent_captured_at', consent_captured_at, now),
    actor,
  }
}

function readPast(path: string, text: string | undefined, now: number): Date | undefined {
  if (text === undefined) return undefined
  const parsed = parseTime(text)
  if (!parsed.ok) throw refuse(path, `${path} ${parsed.reason}`)
  if (parsed.time.getTime() <= now) return parsed.time
  throw refuse(path, `${path} must not be in the future: give the time at which the person said so, or leave it out`)
}

const refuse = (path: string, message: string) => new AppError(errors.INVALID_REQUEST, message, [{ path, message }])

export const viewConsent = (row: ConsentRow) => ({
  id: row.id,
  status: row.status,
  channel: row.channel,
  purpose: row.purpose,
  method: row.method,
  wording: row.wording,
  evidence: row.evidence,
  captured_at: isoTime(row.captured_at),
  actor: row.actor,
  created_at: isoTime(row.created_at),
})
