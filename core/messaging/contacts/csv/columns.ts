/** Names that people give to the columns of a list of customers, and the field that each means. Pure. */

export const customerFields = ['phone', 'first_name', 'last_name', 'location', 'prefered_product'] as const
export type CustomerField = (typeof customerFields)[number]

interface Names {
  /** Mean this field and nothing else. */
  readonly clear: readonly string[]
  /** May mean it: count where no other column does. */
  readonly vague: readonly string[]
}

/** In letters and digits alone, as `plainName` writes them. */
const known: Readonly<Record<CustomerField, Names>> = {
  phone: {
    clear: [
      ...['phone', 'phonenumber', 'phoneno', 'phonenum', 'phonenr', 'phone1', 'phone1value', 'primaryphone'],
      ...['mobile', 'mobilenumber', 'mobileno', 'mobilenum', 'mobilephone', 'mobilephonenumber', 'msisdn', 'gsm'],
      ...['cell', 'cellnumber', 'cellno', 'cellphone', 'cellphonenumber', 'cellular'],
      ...['tel', 'telno', 'telnumber', 'telephone', 'telephonenumber', 'telephoneno'],
      ...['whatsapp', 'whatsappnumber', 'whatsappno', 'whatsappphone', 'customerphone', 'simu', 'nambariyasimu'],
      ...['contactnumber', 'contactno', 'contactphone', 'contactphonenumber', 'smsnumber'],
    ],
    vague: ['number', 'contact', 'contacts', 'nambari'],
  },
  first_name: {
    clear: ['firstname', 'fname', 'givenname', 'forename'],
    vague: ['first', 'name', 'jina', 'customername'],
  },
  last_name: { clear: ['lastname', 'lname', 'surname', 'familyname'], vague: ['last'] },
  location: { clear: ['location', 'city', 'town', 'mji'], vague: ['place', 'county', 'region', 'area', 'district'] },
  prefered_product: {
    clear: ['preferedproduct', 'preferredproduct', 'product', 'favouriteproduct', 'favoriteproduct', 'productname'],
    vague: ['interest', 'item'],
  },
}

/** Takes away case, accents, blanks, hyphens, underscores, quotes and whatever is invisible. */
export const plainName = (name: string): string =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')

/** For each column: its field; undefined leaves it out. */
export type Columns = readonly (CustomerField | undefined)[]

export interface Guess {
  readonly columns: Columns
  /** Fields that several columns mean alike: none of them is taken. */
  readonly doubled: readonly { readonly field: CustomerField; readonly places: readonly number[] }[]
}

interface Meaning {
  readonly field: CustomerField
  readonly clear: boolean
}

const meaningsOf = (field: CustomerField, clear: boolean): (readonly [string, Meaning])[] =>
  (clear ? known[field].clear : known[field].vague).map((name) => [name, { field, clear }])

const meanings: ReadonlyMap<string, Meaning> = new Map(
  customerFields.flatMap((field) => [...meaningsOf(field, false), ...meaningsOf(field, true)]),
)

/** Finds the field of each column by its name. */
export function guessColumns(names: readonly string[]): Guess {
  const columns: (CustomerField | undefined)[] = names.map(() => undefined)
  const fieldsByColumn = names.map((name) => meanings.get(plainName(name)))
  const doubled: { field: CustomerField; places: number[] }[] = []
  for (const field of customerFields) {
    const among = (clear: boolean) =>
      fieldsByColumn.flatMap((one, nth) => (one?.field === field && one.clear === clear ? [nth] : []))
    const clear = among(true)
    const places = clear.length > 0 ? clear : among(false)
    const [place] = places
    if (places.length > 1) doubled.push({ field, places })
    else if (place !== undefined) columns[place] = field
  }
  return { columns, doubled }
}
