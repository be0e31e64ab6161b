import { Elysia } from 'elysia'
import { AppError } from '../../core/errors.ts'
import { readPair, writePair } from '../../core/http/cursor.ts'
import { idOf } from '../../core/http/edge.ts'
import { requireCountry } from '../../core/messaging/settings.ts'
import type { CountryCode } from '../../core/messaging/text/phone.ts'
import { exportDocs, importDocs, liftDocs, listDocs, suppressDocs } from './docs.ts'
import { suppressionErrors } from './errors.ts'
import { exportSuppressions } from './export.ts'
import type { SuppressionGrant } from './grant.ts'
import { importSuppressions } from './import.ts'
import { readFilter, readPhone, readPhones } from './input.ts'
import {
  exportQuery,
  importQuery,
  type ListQuery,
  liftQuery,
  listQuery,
  MAX_LIMIT,
  phonePath,
  type SuppressRequest,
  suppressBody,
} from './schema.ts'
import { viewSuppression } from './view.ts'

const DEFAULT_LIMIT = 50

export const suppressionRoutes = ({ messaging: { suppressions }, clock, config, log }: SuppressionGrant) => {
  const country = requireCountry(config.country)
  return new Elysia()
    .get('/suppressions', ({ query }) => list(suppressions, query, country), { query: listQuery, detail: listDocs })
    .post(
      '/suppressions',
      async ({ body, request }) => {
        const report = await add(suppressions, body, country)
        log.info({ request_id: idOf(request), ...report }, 'Phones suppressed')
        return report
      },
      { parse: 'json', body: suppressBody, detail: suppressDocs },
    )
    .post(
      '/suppressions/import',
      ({ request, query }) => importSuppressions({ suppressions, clock, country }, request, query),
      {
        parse: 'none',
        query: importQuery,
        detail: importDocs,
      },
    )
    .delete(
      '/suppressions/:phone',
      async ({ params, query, request }) => {
        const report = await liftFrom(suppressions, readPhone(params.phone, country), query)
        log.info({ request_id: idOf(request), lifted: report.lifted.length }, 'Suppressions lifted')
        return report
      },
      { params: phonePath, query: liftQuery, detail: liftDocs },
    )
    .get('/suppressions.csv', ({ query }) => exportSuppressions(suppressions, readFilter(query, country)), {
      query: exportQuery,
      detail: exportDocs,
    })
}

type Suppressions = SuppressionGrant['messaging']['suppressions']

async function list(suppressions: Suppressions, query: ListQuery, country: CountryCode) {
  const limit = Math.min(Number(query.limit ?? DEFAULT_LIMIT), MAX_LIMIT)
  const [before] = query.cursor === undefined ? [] : readPair(query.cursor)
  // One more than a page holds: it shows that there is another page.
  const rows = await suppressions.list(readFilter(query, country), before, limit + 1)
  const last = rows.length > limit ? rows[limit - 1] : undefined
  return { data: rows.slice(0, limit).map(viewSuppression), next_cursor: last ? writePair(last.id, '0') : null }
}

async function add(suppressions: Suppressions, body: SuppressRequest, country: CountryCode) {
  const { channel = 'all', reason = 'manual', note } = body
  const phones = readPhones(body.phones, country)
  const rows = phones.map((phone) => ({ phone, channel, reason, source: 'api', note: note ?? null }) as const)
  const added = await suppressions.suppress(rows)
  return { added, known: rows.length - added }
}

/** @throws AppError SUPPRESSION_NOT_FOUND, SUPPRESSION_ERASED where nothing was lifted */
async function liftFrom(suppressions: Suppressions, phone: string, { channel, reason }: typeof liftQuery.static) {
  const lifted = await suppressions.lift({
    phones: [phone],
    ...(channel && { channels: [channel] }),
    ...(reason && { reasons: [reason] }),
  })
  const kept = await suppressions.listOf(phone)
  if (lifted.length > 0) return { lifted, kept: kept.map(viewSuppression) }
  const isErased = reason === undefined && kept.some((row) => row.reason === 'erased')
  const { SUPPRESSION_ERASED, SUPPRESSION_NOT_FOUND } = suppressionErrors
  throw isErased
    ? new AppError(SUPPRESSION_ERASED, SUPPRESSION_ERASED.example.message)
    : new AppError(SUPPRESSION_NOT_FOUND, SUPPRESSION_NOT_FOUND.example.message)
}
