/** Page of a stop link. It works without scripts, asks once, and changes nothing before its button is pressed. */
import { createHash } from 'node:crypto'
import { wordsFor } from './words.ts'

export type Moment = 'ask' | 'done' | 'undone' | 'gone'

const style =
  'body{font:1.1rem/1.5 system-ui,sans-serif;margin:0 auto;max-width:28rem;padding:3rem 1.5rem;color:#1a1a1a;background:#fff}button{font:inherit;padding:.7rem 1.4rem;border:0;border-radius:.5rem;background:#1a1a1a;color:#fff;cursor:pointer}button.undo{background:#e8e8e8;color:#1a1a1a}'

const policy = {
  'default-src': "'none'",
  'style-src': `'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  'form-action': "'self'",
  'base-uri': "'none'",
  'frame-ancestors': "'none'",
}

const headers = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': Object.entries(policy)
    .map(([name, value]) => `${name} ${value}`)
    .join('; '),
  'cache-control': 'no-store',
  'x-robots-tag': 'noindex, nofollow',
  // Without it a browser sends the form with an origin of "null", which is refused as foreign.
  'referrer-policy': 'same-origin',
}

interface Shown {
  readonly moment: Moment
  /** The customer's. */
  readonly language: string | null
  readonly accepted: string | null
}

export function pageOf({ moment, ...reader }: Shown): Response {
  const { language, words } = wordsFor(reader.language, reader.accepted)
  const direction = language === 'ar' ? 'rtl' : 'ltr'
  const button = (wish: 'stop' | 'undo', label: string) =>
    `<form method="post"><button class="${wish}" name="wish" value="${wish}">${label}</button></form>`
  const content = {
    ask: `<p>${words.question}</p>${button('stop', words.stop)}`,
    done: `<p>${words.done}</p>${button('undo', words.undo)}`,
    undone: `<p>${words.undone}</p>${button('stop', words.stop)}`,
    gone: `<p>${words.gone}</p>`,
  }[moment]
  const html = `<!doctype html><html lang="${language}" dir="${direction}"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="robots" content="noindex"><title>${words.title}</title><style>${style}</style><main>${content}</main></html>`
  return new Response(html, { status: moment === 'gone' ? 404 : 200, headers })
}
