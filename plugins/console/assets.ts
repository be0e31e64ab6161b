/** The page and what it loads: bundled when an image is built, else once the process listens; compressed, and kept in memory. */
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { type BundledFile, bundle, readBundle } from './bundle.ts'

export interface Encoded {
  readonly encoding: 'br' | 'gzip' | undefined
  readonly bytes: Uint8Array<ArrayBuffer>
}

export interface Representation {
  readonly type: string
  readonly etag: string
  /** Its name tells its content, so it may be kept for ever. */
  readonly lasting: boolean
  /** @param accepted the request's Accept-Encoding */
  encoded(accepted: string): Encoded
}

type Assets = ReadonlyMap<string, Representation>

const readOrBundle = async (): Promise<BundledFile[]> => (await readBundle()) ?? bundle()

async function represented(files: readonly BundledFile[], base: string): Promise<Assets> {
  const assets = files.map(async ({ path, type, bytes }) => {
    const isPage = path === '/index.html'
    return [path, await represent(isPage ? placed(bytes, base) : bytes, type, !isPage)] as const
  })
  return new Map(await Promise.all(assets))
}

export interface AssetStore {
  /** Bundles and compresses them unless they are there. @throws what `bundle` throws; the next call tries again */
  load(): Promise<Assets>
  find(path: string): Promise<Representation | undefined>
}

/**
 * @param facts what the page must know of this process; served as /config.json
 * @param base path under which browsers see the page, with a slash at either end
 */
export function openAssets(facts: object, base: string, readFiles = readOrBundle): AssetStore {
  let loaded: Promise<Assets> | undefined
  const config = represent(new TextEncoder().encode(JSON.stringify(facts)), 'application/json', false)
  const load = () => {
    loaded ??= readFiles()
      .then((files) => represented(files, base))
      .catch((error) => {
        loaded = undefined
        throw error
      })
    return loaded
  }
  return {
    load,
    find: async (path) => {
      if (path === '/config.json') return config
      const assets = await load()
      // The page itself reads the rest of its addresses.
      return assets.get(path) ?? (/\.\w+$/.test(path) ? undefined : assets.get('/index.html'))
    },
  }
}

/** The page names its files by their full paths: it is shown at addresses of any depth. The rest name each other relatively. */
function placed(html: Uint8Array, base: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(
    new TextDecoder()
      .decode(html)
      .replaceAll('="./assets/', `="${base}assets/`)
      .replace('name="base" content="/"', `name="base" content="${base}"`),
  )
}

/** Formats that are text; the rest is compressed already. */
const compressible = /^(text\/|application\/(json|javascript)|image\/svg)/

/** Compresses outside of the event loop: other requests have their turn meanwhile. */
export async function represent(
  bytes: Uint8Array<ArrayBuffer>,
  type: string,
  lasting: boolean,
): Promise<Representation> {
  const plain: Encoded = { encoding: undefined, bytes }
  const isText = compressible.test(type)
  const [br, gzipped] = isText
    ? await Promise.all([compressed('br', bytes), compressed('gzip', bytes)])
    : [plain, plain]
  return {
    type: /charset/.test(type) || !isText ? type : `${type};charset=utf-8`,
    etag: `"${new Bun.CryptoHasher('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
    lasting,
    encoded(accepted) {
      const encoding = choose(accepted)
      return encoding === 'br' ? br : encoding === 'gzip' ? gzipped : plain
    },
  }
}

async function compressed(encoding: 'br' | 'gzip', bytes: Uint8Array<ArrayBuffer>): Promise<Encoded> {
  const made = encoding === 'br' ? await promisify(brotliCompress)(bytes, brotli) : await promisify(gzip)(bytes)
  return { encoding, bytes: new Uint8Array(made) }
}

/** Brotli's highest quality takes a second for a page like this one; this takes a tenth of it, for a few per cent. */
const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }

/** Browsers offer Brotli only where the connection is trustworthy: https, or this machine. */
function choose(accepted: string): 'br' | 'gzip' | undefined {
  const offered = accepted
    .toLowerCase()
    .split(',')
    .map((one) => one.trim().split(/\s*;\s*/))
    .filter(([, quality]) => !/^q=0(\.0*)?$/.test(quality ?? ''))
    .map(([name]) => name)
  return offered.includes('br') ? 'br' : offered.includes('gzip') ? 'gzip' : undefined
}
