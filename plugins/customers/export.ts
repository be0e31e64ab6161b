/** All customers that match, as CSV that an import takes. */
import { consentStates } from '../../core/messaging/consents/flags.ts'
import type { AttributeTypes, AttributeValue } from '../../core/messaging/contacts/attributes.ts'
import { answerCsv } from '../../core/messaging/contacts/csv/answer.ts'
import { consentColumns, customerFields } from '../../core/messaging/contacts/csv/columns.ts'
import { csvCell, csvLine, csvPhone } from '../../core/messaging/contacts/csv/write.ts'
import type { CustomerFilter, CustomerRow } from '../../core/messaging/contacts/service.ts'
import { joinTags } from '../../core/messaging/contacts/tags.ts'
import type { CountryCode } from '../../core/messaging/text/phone.ts'
import type { CustomerGrant } from './grant.ts'

type Read = CustomerGrant['contacts']['read']

/** Customers that are in memory at once. */
const STEP = 2000

export function exportCustomers(contacts: Read, filter: CustomerFilter, country: CountryCode): Promise<Response> {
  return answerCsv('customers.csv', exportParts(contacts, filter, country))
}

type Column = readonly [name: string, cell: (row: CustomerRow) => string]

/** The columns of customers, and one for each attribute. */
function columnsOf(attributes: AttributeTypes): Column[] {
  return [
    ...customerFields.map((field): Column => [field, (row) => (field === 'phone' ? csvPhone : csvCell)(row[field])]),
    ['language', (row) => csvCell(row.language)],
    ['time_zone', (row) => csvCell(row.time_zone)],
    ['tags', (row) => csvCell(joinTags(row.tags))],
    ...Object.entries(consentColumns).map(
      ([name, channel]): Column => [name, (row) => csvCell(consentStates(row.consent)[channel])],
    ),
    ...[...attributes.keys()].map((name): Column => [`attributes.${name}`, (row) => valueCell(row.attributes[name])]),
  ]
}

const valueCell = (value: AttributeValue | undefined): string =>
  csvCell(typeof value === 'boolean' ? String(value) : (value ?? null))

async function* exportParts(
  contacts: Read,
  filter: CustomerFilter,
  country: CountryCode,
): AsyncGenerator<string, void> {
  const columns = columnsOf(await contacts.findAttributes())
  let head = csvLine(columns.map(([name]) => name))
  for (let after = 0; ; ) {
    const ids = await contacts.findIds({ filter, after, most: STEP }, country)
    const rows = ids.length > 0 ? await contacts.listByIds(ids) : []
    yield head + rows.map((row) => csvLine(columns.map(([, cell]) => cell(row)))).join('')
    head = ''
    if (ids.length < STEP) return
    after = ids.at(-1) ?? after
  }
}
