/** The console's page as Bun bundles it, and a copy on disk for images, whose sources never change. */
import { mkdir, rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

const page = fileURLToPath(new URL('./web/index.html', import.meta.url))
/** Made by `scripts/bundle-console.ts` when an image is built; a checkout has none. */
const built = fileURLToPath(new URL('./built', import.meta.url))

export interface BundledFile {
  /** As it is asked for: `/assets/main-3f2a.js`. */
  readonly path: string
  readonly type: string
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** @throws AggregateError with what Bun says of each fault */
export async function bundle(): Promise<BundledFile[]> {
  const { outputs } = await Bun.build({
    entrypoints: [page],
    minify: true,
    splitting: true,
    naming: { entry: '[name].[ext]', chunk: 'assets/[name]-[hash].[ext]', asset: 'assets/[name]-[hash].[ext]' },
    // Says which React goes into the page; nothing is read here.
    define: { 'process.env.NODE_ENV': '"production"' },
  })
  return Promise.all(
    outputs.map(async (output) => ({
      path: output.path.replace(/^\.?\/?/, '/'),
      type: output.type,
      bytes: new Uint8Array(await output.arrayBuffer()),
    })),
  )
}

/** @returns how many files were written */
export async function writeBundle(folder = built): Promise<number> {
  const files = await bundle()
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  for (const [nth, { bytes }] of files.entries()) await Bun.write(`${folder}/${nth}`, bytes)
  await Bun.write(`${folder}/manifest.json`, JSON.stringify(files.map(({ path, type }) => ({ path, type }))))
  return files.length
}

/** @returns undefined where no bundle was written */
export async function readBundle(folder = built): Promise<BundledFile[] | undefined> {
  const manifest = Bun.file(`${folder}/manifest.json`)
  if (!(await manifest.exists())) return undefined
  const files = (await manifest.json()) as Pick<BundledFile, 'path' | 'type'>[]
  return Promise.all(files.map(async (file, nth) => ({ ...file, bytes: await Bun.file(`${folder}/${nth}`).bytes() })))
}
