/** The accessibility checker axe, on a page of the console. */
import { readFile } from 'node:fs/promises'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { openPage, type Watched } from './browser.ts'

interface Violation {
  readonly id: string
  readonly impact: string
  readonly nodes: readonly { readonly html: string }[]
}

/** The looks in which every page is checked: light and wide, dark and narrow. */
export const looks = [
  ['light', 1280],
  ['dark', 360],
] as const

/** A page that axe may be loaded into: it is a script from elsewhere, which the console's policy forbids. */
export const openForAxe = (browser: Browser, [colorScheme, width]: (typeof looks)[number]): Promise<Watched> =>
  openPage(browser, {
    colorScheme,
    viewport: { width, height: 800 },
    bypassCSP: true,
    reducedMotion: 'reduce',
  } satisfies BrowserContextOptions)

/** Serious findings of axe, each with the first element that it is about. */
export async function findViolations(page: Page): Promise<string[]> {
  await page.evaluate(await readFile(Bun.resolveSync('axe-core/axe.min.js', import.meta.dir), 'utf8'))
  const { violations } = await page.evaluate<{ violations: Violation[] }>('axe.run()')
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)
}

/** Pixels by which a page is wider than its window. */
export const overhangOf = (page: Page): Promise<number> =>
  page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - innerWidth))

/**
 * Findings of a page in each look: of axe, and of its width.
 * @param prepare brings the page into the state that is checked
 */
export async function checkPage(browser: Browser, prepare: (page: Page) => Promise<unknown>): Promise<string[]> {
  const findings: string[] = []
  for (const look of looks) {
    const { page } = await openForAxe(browser, look)
    await prepare(page)
    const overhang = await overhangOf(page)
    if (overhang > 0) findings.push(`${look.join(' ')}: ${overhang} pixels too wide`)
    findings.push(...(await findViolations(page)).map((found) => `${look.join(' ')}: ${found}`))
    await page.context().close()
  }
  return findings
}
