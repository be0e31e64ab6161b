/** A real Chromium without a window, driven from a test; one for each test file, with a fresh profile. */
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']
const executable = names
  .flatMap((name) => (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name)))
  .find((path) => existsSync(path))

/** False where this machine has none: tests in it are then left out by `test.skipIf(!chromiumAvailable)`. */
export const chromiumAvailable = executable !== undefined

const flags = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Chromium refuses to run as root with its sandbox.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
]

/** @param more command-line flags of Chromium */
export function launchBrowser(more: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: executable ?? '', args: [...flags, ...more], headless: true })
}

export interface Watched {
  readonly page: Page
  /** Warnings, errors and exceptions of the page, and requests that its policy refused. */
  readonly complaints: string[]
}

/** A page in a context of its own, listened to. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<Watched> {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') {
      // An answer that was refused names no address of its own.
      const { url } = message.location()
      complaints.push(url ? `${message.text()} (${url})` : message.text())
    }
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? ''
    // The page aborts requests that it no longer wants.
    if (reason !== 'net::ERR_ABORTED') complaints.push(`${request.url()} ${reason}`)
  })
  return { page, complaints }
}
