/** Which column of a file is which field of a customer. Pure. */
import { type CustomerField, customerFields } from '../api/types.ts'

/** For each column of the file: a field, or '' to leave it out. */
export type Mapping = readonly (CustomerField | '')[]

/** Names that such columns have elsewhere, in letters and digits alone. */
const known: Readonly<Record<CustomerField, readonly string[]>> = {
  phone: [
    'phone',
    'phonenumber',
    'mobile',
    'mobilenumber',
    'mobilephone',
    'msisdn',
    'cell',
    'cellphone',
    'tel',
    'telephone',
    'number',
    'whatsapp',
    'contact',
    'simu',
    'nambari',
  ],
  first_name: ['firstname', 'first', 'givenname', 'forename', 'name', 'jina'],
  last_name: ['lastname', 'last', 'surname', 'familyname'],
  location: ['location', 'city', 'town', 'place', 'county', 'region', 'area', 'mji'],
  prefered_product: [
    'preferedproduct',
    'preferredproduct',
    'product',
    'favouriteproduct',
    'favoriteproduct',
    'interest',
    'item',
  ],
}

/** What each column is by its name; no field twice. */
export function guessMapping(names: readonly string[]): Mapping {
  const plain = names.map((name) => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, ''))
  const mapping: (CustomerField | '')[] = names.map(() => '')
  for (const field of customerFields) {
    const best = known[field].map((name) => plain.findIndex((one, nth) => one === name && mapping[nth] === ''))
    const found = best.find((nth) => nth >= 0)
    if (found !== undefined) mapping[found] = field
  }
  return mapping
}

/** One column becomes a field; whichever was it before no longer is. */
export function mapColumn(mapping: Mapping, column: number, field: CustomerField | ''): Mapping {
  return mapping.map((one, nth) => (nth === column ? field : one === field ? '' : one))
}
