/** The program with its web console, and a browser to look at it with. */
import type { Browser } from 'playwright-core'
import { type Api, openApi } from '../../scripts/support/api.ts'
import { launchBrowser } from './browser.ts'
import { releaseServers, type ServerProcess, type ServerSettings, startServer } from './server-process.ts'
import { freshFolder, releaseFolders } from './server-process-folder.ts'

export interface Console {
  readonly server: ServerProcess
  readonly browser: Browser
  /** Address of the console, without a slash at the end. */
  readonly url: string
  readonly api: Api
  close(): Promise<void>
}

/** @param settings besides the embedded database, which has its sample data unless they say otherwise */
export async function openConsole(settings: ServerSettings = {}): Promise<Console> {
  const folder = await freshFolder()
  const started = startServer({ DATA_DIR: folder, LOG_LEVEL: 'warn', ...settings })
  const [server, browser] = await Promise.all([started, launchBrowser()])
  const close = async () => {
    await browser.close()
    await releaseServers()
    await releaseFolders()
  }
  return { server, browser, url: consoleUrl(server), api: openApi(server.url), close }
}

/** Address of the console, as the process prints it. */
export const consoleUrl = ({ stdout }: Pick<ServerProcess, 'stdout'>): string =>
  /^ +Console +(http:\S+)\n/m.exec(stdout())?.[1] ?? ''
