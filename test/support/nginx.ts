/** nginx as people put it before the console: from the distribution's package, in the foreground, with a configuration of a test. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { selfSigned } from './self-signed.ts'
import { until } from './server-process-wait.ts'

const program = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/sbin']
  .map((folder) => path.join(folder, 'nginx'))
  .find((file) => existsSync(file))

/** False where this machine has none: tests with it are then left out by `skipIf(!nginxAvailable)`. */
export const nginxAvailable = program !== undefined

export interface Nginx {
  readonly port: number
  stop(): Promise<void>
}

/** For an address that must be known before nginx starts. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address ? address.port : 0
}

interface Front {
  readonly port?: number
  readonly tls?: boolean
}

/** @param locations what stands in its one `server` */
export async function startNginx(locations: string, { tls = false, port: preferred }: Front = {}): Promise<Nginx> {
  const folder = await mkdtemp(path.join(tmpdir(), 'campaign-dispatch-nginx-'))
  const port = preferred ?? (await freePort())
  await writeFile(path.join(folder, 'key.pem'), selfSigned.key)
  await writeFile(path.join(folder, 'cert.pem'), selfSigned.cert)
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  )
  const listen = tls
    ? `listen 127.0.0.1:${port} ssl; ssl_certificate ${folder}/cert.pem; ssl_certificate_key ${folder}/key.pem;`
    : `listen 127.0.0.1:${port};`
  await writeFile(
    path.join(folder, 'nginx.conf'),
    `daemon off; pid ${folder}/pid; error_log stderr; events {}
http { access_log off; ${temporary.join(' ')} server { ${listen} ${locations} } }
`,
  )
  const child = spawn(program ?? '', ['-p', folder, '-c', path.join(folder, 'nginx.conf')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let printed = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    printed += text
  })
  const exited = new Promise<void>((resolve) => child.on('close', () => resolve()))
  const kill = () => child.kill('SIGKILL')
  process.on('exit', kill)
  await until(`nginx answers (${printed})`, async () => {
    if (child.exitCode !== null) throw new Error(`nginx ended: ${printed}`)
    const scheme = tls ? 'https' : 'http'
    return fetch(`${scheme}://127.0.0.1:${port}/`, { tls: { rejectUnauthorized: false } } as RequestInit).then(
      () => true,
      () => false,
    )
  })
  return {
    port,
    stop: async () => {
      process.off('exit', kill)
      child.kill('SIGTERM')
      await exited
      await rm(folder, { recursive: true, force: true })
    },
  }
}
