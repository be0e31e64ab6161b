/** Names that people give to the columns of a list of customers, and the field or attribute that each means. Pure. */
import { type AttributeTypes, attributeNameOf, noAttributes } from '../attributes.ts'

export const customerFields = ['phone', 'first_name', 'last_name', 'location', 'prefered_product'] as const
export type CustomerField = (typeof customerFields)[number]

const importFields = [...customerFields, 'tags', 'language', 'time_zone'] as const
export type ImportField = (typeof importFields)[number]
export type AttributeColumn = `attributes.${string}`
export type ImportColumn = ImportField | AttributeColumn

export const attributeColumn = (name: string): AttributeColumn => `attributes.${name}`
/** The attribute of a column; undefined for one of a field. */
export const attributeIn = (column: string): string | undefined =>
  column.startsWith('attributes.') ? column.slice('attributes.'.length) : undefined

/** Columns of an export by their channels. An import leaves them out: consent is recorded with what proves it, not as a cell. */
export const consentColumns = { consent_sms: 'sms', consent_whatsapp: 'whatsapp' } as const

interface Names {
  /** Mean this field and nothing else. */
  readonly clear: readonly string[]
  /** May mean it: count where no other column does. */
  readonly vague: readonly string[]
}

/** In letters and digits alone, as `plainName` writes them. */
const known: Readonly<Record<ImportField, Names>> = {
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
  tags: { clear: ['tags', 'tag', 'labels'], vague: [] },
  language: { clear: ['language', 'lang', 'languagecode', 'preferredlanguage', 'lugha'], vague: ['locale'] },
  time_zone: { clear: ['timezone', 'tz'], vague: [] },
}

/** Takes away case, accents, blanks, hyphens, underscores, quotes and whatever is invisible. */
export const plainName = (name: string): string =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')

/** For each column: its field or attribute; undefined leaves it out. */
export type ImportColumns = readonly (ImportColumn | undefined)[]

interface GuessOf<C extends ImportColumn> {
  readonly columns: readonly (C | undefined)[]
  /** Fields that several columns mean alike: none of them is taken. */
  readonly doubled: readonly { readonly field: C; readonly places: readonly number[] }[]
}
export type Guess = GuessOf<CustomerField>
export type ImportGuess = GuessOf<ImportColumn>

interface Meaning {
  readonly field: ImportField
  readonly clear: boolean
}

const meaningsOf = (field: ImportField, clear: boolean): (readonly [string, Meaning])[] =>
  (clear ? known[field].clear : known[field].vague).map((name) => [name, { field, clear }])

const meanings: ReadonlyMap<string, Meaning> = new Map(
  importFields.flatMap((field) => [...meaningsOf(field, false), ...meaningsOf(field, true)]),
)

/** Finds the field of each column by its name. */
export function guessColumns(names: readonly string[]): Guess {
  return guessFields(
    names.map((name) => meanings.get(plainName(name))),
    customerFields,
  )
}

export interface AttributeColumns {
  readonly attributes: AttributeTypes
  /** Columns that mean nothing else become attributes. */
  readonly declare: boolean
}

/** Finds the attribute or the field of each column: the name of a declared attribute means this and nothing else. */
export function guessImportColumns(
  names: readonly string[],
  { attributes, declare }: AttributeColumns = { attributes: noAttributes, declare: false },
): ImportGuess {
  const byColumn = names.map(attributeNameOf)
  const isDeclared = (nth: number) => attributes.has(byColumn[nth] ?? '')
  const meant = names.map((name, nth) => (isDeclared(nth) ? undefined : meanings.get(plainName(name))))
  const { columns, doubled } = guessFields<ImportField>(meant, importFields)
  const places = Map.groupBy(names.keys(), (nth) =>
    isDeclared(nth) || (declare && !meant[nth] && !Object.hasOwn(consentColumns, names[nth] ?? ''))
      ? byColumn[nth]
      : undefined,
  )
  places.delete(undefined)
  const found: (ImportColumn | undefined)[] = [...columns]
  const twice: ImportGuess['doubled'][number][] = [...doubled]
  for (const [name = '', nths] of places) {
    const [nth = 0, ...others] = nths
    if (others.length > 0) twice.push({ field: attributeColumn(name), places: nths })
    else found[nth] = attributeColumn(name)
  }
  return { columns: found, doubled: twice }
}

function guessFields<F extends ImportField>(meant: readonly (Meaning | undefined)[], fields: readonly F[]): GuessOf<F> {
  const columns: (F | undefined)[] = meant.map(() => undefined)
  const doubled: { field: F; places: number[] }[] = []
  for (const field of fields) {
    const among = (clear: boolean) =>
      meant.flatMap((one, nth) => (one?.field === field && one.clear === clear ? [nth] : []))
    const clear = among(true)
    const places = clear.length > 0 ? clear : among(false)
    const [place] = places
    if (places.length > 1) doubled.push({ field, places })
    else if (place !== undefined) columns[place] = field
  }
  return { columns, doubled }
}
