/** Customers that a preview shows: those whose details test a text. Pure. */
import type { Customer } from '../../api/types.ts'

export interface Sample {
  readonly customer: Customer
  /** Reason why this customer is shown. */
  readonly why: string
}

const values = (customer: Customer): string =>
  [customer.first_name, customer.last_name, customer.location, customer.prefered_product].filter(Boolean).join(' ')
const missing = (customer: Customer): number =>
  [customer.first_name, customer.last_name, customer.location, customer.prefered_product].filter(
    (value) => !value?.trim(),
  ).length
const isForeign = (customer: Customer): boolean =>
  /[^\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]/u.test(values(customer))

const best = (customers: readonly Customer[], score: (customer: Customer) => number): Customer | undefined =>
  customers.reduce<Customer | undefined>((top, one) => (score(one) > (top ? score(top) : 0) ? one : top), undefined)

/** @returns each customer once: a typical one, the longest details, the most of them missing, another script */
export function pickSamples(customers: readonly Customer[]): Sample[] {
  const ordinary = customers.find((one) => missing(one) === 0 && !isForeign(one)) ?? customers[0]
  const candidates: readonly (readonly [Customer | undefined, string])[] = [
    [ordinary, 'Typical'],
    [best(customers, (one) => values(one).length), 'Longest details'],
    [best(customers, missing), 'Details missing'],
    [customers.find(isForeign), 'Another script'],
  ]
  const samples: Sample[] = []
  for (const [customer, why] of candidates)
    if (customer && !samples.some((sample) => sample.customer.id === customer.id)) samples.push({ customer, why })
  return samples
}
