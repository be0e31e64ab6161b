/** Phone numbers in the spellings that people, spreadsheets and links give them. */
import type { PhoneNumber } from 'libphonenumber-js/max'

const fullWidth = (text: string) => text.replace(/[+\d]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) + 0xfee0))
const arabicIndic = (text: string) => text.replace(/\d/g, (digit) => String.fromCharCode(0x660 + Number(digit)))

/** Spellings in the form of the number's own country. */
export function nationalSpellings(number: PhoneNumber): readonly string[] {
  const national = number.formatNational()
  const digits = national.replace(/\D/g, '')
  return [
    national,
    digits,
    `${number.nationalNumber}.0`,
    `="${digits}"`,
    `'${digits}`,
    fullWidth(digits),
    arabicIndic(digits),
    `tel:${digits}`,
    `\u202a${national}\u202c`,
    national.replaceAll(' ', '\u202f').replaceAll('-', '\u2011'),
    digits.split('').join('\u200b'),
    `\ufeff\u00a0${digits}\ufe0d\u200e`,
  ]
}

/** Spellings that begin with the country's calling code. */
export function internationalSpellings(number: PhoneNumber): readonly string[] {
  const { countryCallingCode: code, nationalNumber: rest, number: e164 } = number
  const international = number.formatInternational()
  return [
    e164,
    international,
    `00${code}${rest}`,
    `00 ${international.slice(1)}`,
    `+${code} (0)${rest}`,
    `+${code}\u00a0(0)\u00a0${rest}`,
    `tel:${international.replaceAll(' ', '-')}`,
    `https://wa.me/${e164.slice(1)}`,
    `="${e164}"`,
    `'${e164}`,
    fullWidth(e164),
    `\u2066${international.replaceAll(' ', '\u2009').replaceAll('-', '\u2013')}\u2069`,
  ]
}

/** Spellings that are refused, for a service in Kenya, and a part of the reason. */
export const refusedPhones: readonly (readonly [string, string])[] = [
  ['2.54712E+11', 'scientific notation'],
  ['2,54712345678E+11', 'scientific notation'],
  ['712345678.5', 'decimal fraction'],
  ['+254712345678 ext. 5', 'extension'],
  ['+254712345678x12', 'extension'],
  ['tel:+254712345678;ext=12', 'extension'],
  ['0712345678 #5', 'extension'],
  ['0800 FLOWERS', 'letters'],
  ['+254712345678abc', 'letters'],
  ['0712345678 / 0722345678', 'several'],
  ['0712345678/0722345678', 'several'],
  ['0712345678, +254722345678', 'several'],
  ['0712345678; 0722345678', 'several'],
  ['0712345678 0722345678', 'several'],
  ['0712345678\n0722345678', 'several'],
  ['0712345678 or 0722345678', 'several'],
  ['+254712345678+254722345678', 'several'],
  ['0712345678/79', 'several'],
  ['0712345678 / 07223456', 'several'],
  ['tel:', 'not a phone number'],
  ['="', 'not a phone number'],
  ['\u200b\u200e', 'not a phone number'],
]

/** Spellings of +254712345678 for a service in Kenya. */
export const acceptedPhones: readonly string[] = [
  '00254712345678',
  '00 254 712 345 678',
  '+254 (0)712 345 678',
  '00254 (0) 712 345678',
  '+2540712345678',
  '712345678.0',
  '254712345678.00',
  '712345678,0',
  '254,712,345,678',
  '254,712,345,678.00',
  '="0712345678"',
  '=+254712345678',
  "'+254712345678",
  '\u2019+254712345678',
  '"0712345678"',
  '\u201c0712345678\u201d',
  'tel:0712345678',
  'Tel.: 0712 345 678',
  'Mobile: 0712-345-678',
  'sms:+254712345678?body=Hello',
  'whatsapp:+254712345678',
  'whatsapp://send?phone=254712345678&text=Hi',
  'https://wa.me/254712345678?text=Hi',
  'wa.me/254712345678',
  '\u202a+254\u00a0712\u202f345\u2009678\u202c',
  '\u200e0712\u200d345\u2060678\ufe0f',
  '\u00ad0712\u2010345\u2011678',
  '\u{e0001}0712\u2212345\u2014678',
  '\uff10\uff17\uff11\uff12 345678',
  '\u06f0\u06f7\u06f1\u06f2\u06f3\u06f4\u06f5\u06f6\u06f7\u06f8',
  '\u096d\u0967\u0968\u0969\u096a\u096b\u096c\u096d\u096e',
  '\uff0b254712345678',
  '+ 254 712 345 678',
  '++254712345678',
  '+00254712345678',
  '(+254) 712 345 678',
  '(00254) 712 345 678',
  '<+254712345678>',
  '0712.345.678',
  '0712\u00b7345\u00b7678',
  '0712/345678',
]
