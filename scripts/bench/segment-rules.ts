/** Rules of which the part `segments` counts customers. Pure. */

export interface BenchRule {
  readonly title: string
  readonly rule: Readonly<Record<string, unknown>>
  /** An index narrows it down. */
  readonly indexed?: true
}

const or = (...any: object[]) => ({ any })
const cities = ['Nairobi', 'Mombasa', 'Kisumu', 'Nakuru', 'Eldoret']

/** @param campaigns ids of two campaigns, which have messages of half of the customers each */
export function rulesOf([first, second]: readonly [number, number]): Readonly<Record<string, BenchRule>> {
  const delivered = { campaign: first, outcome: ['delivered'] }
  return {
    phone: { title: 'phone begins with ..., few', rule: { field: 'phone', starts_with: '+25471000' }, indexed: true },
    tag: { title: 'a tag', rule: { tag: 'vip' } },
    text: { title: 'a text is ...', rule: { field: 'location', is: 'nairobi' } },
    contains: { title: 'a text contains ...', rule: { field: 'prefered_product', contains: 'Ée' } },
    number: { title: 'a number is at least ...', rule: { field: 'attributes.points', at_least: 900 } },
    nobody: { title: 'nobody', rule: { field: 'attributes.points', is: -1 } },
    everybody: { title: 'everybody', rule: { field: 'phone', starts_with: '+' } },
    campaign: { title: 'delivered in a campaign', rule: delivered },
    never: { title: 'never written to', rule: { never_written_to: true } },
    received: { title: 'not received within 30 days', rule: { not: { received_within_days: 30 } } },
    either: {
      title: 'a campaign or a field, and not another campaign',
      rule: { all: [or(delivered, { field: 'location', is: 'Nairobi' }), { not: { campaign: second } }] },
    },
    twenty: {
      title: '20 conditions on texts, numbers and dates, joined with any',
      rule: or(
        ...cities.flatMap((city, nth) => [
          { field: 'location', contains: city },
          { field: 'first_name', starts_with: city.slice(0, 3) },
          { field: 'attributes.points', is: 100 * nth },
          { field: 'attributes.renews', before: `200${nth}-01-01` },
        ]),
      ),
    },
    long: {
      title: '200 conditions on one text, joined with any',
      rule: or(...Array.from({ length: 200 }, (_, nth) => ({ field: 'location', is: `Town ${nth}` }))),
    },
  }
}

/** Keys of the rules, and of those that an index narrows down. */
export const ruleKeys = Object.keys(rulesOf([1, 2]))
export const indexedKeys = ruleKeys.filter((key) => rulesOf([1, 2])[key]?.indexed)
