/** Decimal numbers without rounding, for money: a price is text, and so is a sum of prices. Pure. */

export interface Decimal {
  readonly units: bigint
  /** Digits after the point: the value is units / 10 ** scale. */
  readonly scale: number
}

export const zero: Decimal = { units: 0n, scale: 0 }

/** @param text digits, and perhaps a point and more digits */
export function parseDecimal(text: string): Decimal {
  const [whole = '', fraction = ''] = text.split('.')
  return { units: BigInt(whole + fraction), scale: fraction.length }
}

/** @param count a whole number */
export const times = ({ units, scale }: Decimal, count: number): Decimal => ({ units: units * BigInt(count), scale })

export function plus(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale)
  return { units: unitsAt(a, scale) + unitsAt(b, scale), scale }
}

const unitsAt = ({ units, scale }: Decimal, wider: number) => units * 10n ** BigInt(wider - scale)

/** As many digits after the point as the value was made of: `0.80` times 3 is `2.40`. */
export function writeDecimal({ units, scale }: Decimal): string {
  const digits = units.toString().padStart(scale + 1, '0')
  return scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}
