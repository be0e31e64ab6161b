/** Phone numbers as the log may show them: enough to recognise, not enough to call. */

/**
 * With a sign that it is a phone number (`+`, as `%2B` too, or a leading 0) and the usual separators, or digits alone, so
 * many that they are hardly an id.
 */
const phone = /(?:\+|%2B|\b0)\d(?:(?:[ ().-]|%20){0,2}\d){5,}|\d{10,}/gi

/** Masks every phone number in a text: `+254712345678` becomes `+2547•••••678`. */
export function maskPhones(text: string): string {
  return text.replace(phone, (number) => {
    const [first, last] = number.length < 12 ? [4, 2] : [5, 3]
    return number.slice(0, first) + '•'.repeat(number.length - first - last) + number.slice(-last)
  })
}
