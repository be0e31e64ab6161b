/**
 * `node scripts/bun.mjs <args>` runs `bun <args>`, and first brings what is missing: the pinned Bun (`packageManager`
 * in package.json) into `.bun/`, and the dependencies of bun.lock into `node_modules/`. Plain JavaScript without
 * dependencies, since it is what runs when nothing else is there; Node 20 and Bun can both run it.
 */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import * as fs from 'node:fs'
import { constants } from 'node:os'
import { basename, delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const pinned = JSON.parse(fs.readFileSync(join(root, 'package.json'), 'utf8')).packageManager.split('@')[1]
const scratch = join(root, `.install-${process.pid}`)

const bunIn = (folder) => join(folder, 'node_modules', 'bun', 'bin', 'bun.exe')
const stampFile = join(root, 'node_modules', '.bun-lock-hash')

function read(file) {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

class Refusal extends Error {}

/** Runs a program to its end; what it prints is shown only when it fails. */
function run(command, args, options = {}) {
  const result = spawnSync(command, args, { encoding: 'utf8', ...options })
  const { status, stdout, stderr, error } = result
  return { ok: status === 0, stdout, printed: `${stdout ?? ''}${stderr ?? ''}`, error }
}

function mustRun(purpose, command, args, options) {
  const { ok, printed, error } = run(command, args, options)
  if (ok) return
  process.stderr.write(printed)
  throw new Refusal(`Cannot ${purpose}: ${error?.message ?? `"${basename(command)} ${args[0]}" failed, see above`}`)
}

/**
 * Puts a finished folder where it belongs. Everything is installed aside and moved in whole, so that several starts at
 * once, or one that is killed, never leave half an installation: the first one in wins, the others drop theirs.
 */
function moveIn(made, target, isGood) {
  while (!isGood()) {
    try {
      fs.renameSync(made, target)
      return
    } catch (error) {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
    }
    try {
      fs.renameSync(target, join(scratch, 'outdated'))
    } catch (error) {
      if (error.code !== 'ENOENT') throw error
    }
  }
}

/** Calls `work` with an empty folder for its use. Folders that killed starts left behind go too. */
function withScratch(work) {
  for (const name of fs.readdirSync(root)) {
    const owner = /^\.install-(\d+)$/.exec(name)?.[1]
    if (owner && !isRunning(Number(owner))) fs.rmSync(join(root, name), { recursive: true, force: true })
  }
  fs.rmSync(scratch, { recursive: true, force: true })
  fs.mkdirSync(scratch)
  try {
    work()
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true })
  }
}

function isRunning(pid) {
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

const isPinned = (bun) => run(bun, ['--version']).stdout?.trim() === pinned

function hasOwnBun() {
  const folder = join(root, '.bun')
  const about = read(join(folder, 'node_modules', 'bun', 'package.json'))
  return about !== undefined && JSON.parse(about).version === pinned && fs.existsSync(bunIn(folder))
}

function bunOnPath() {
  const places = (process.env.PATH ?? '').split(delimiter).filter(Boolean)
  return places.map((place) => join(place, 'bun')).find((bun) => fs.existsSync(bun) && isPinned(bun))
}

function installBun() {
  process.stderr.write(`Installing Bun ${pinned} into .bun ...\n`)
  withScratch(() => {
    const folder = join(scratch, 'bun')
    fs.mkdirSync(folder)
    fs.writeFileSync(join(folder, 'package.json'), '{"private":true}')
    const purpose = `install Bun ${pinned}`
    const npmArgs = ['install', '--no-save', '--no-package-lock', '--include=optional', '--no-audit', '--no-fund']
    // Another Bun than the pinned one may be all there is.
    if (run('npm', ['--version']).ok) mustRun(purpose, 'npm', [...npmArgs, '--prefix', folder, `bun@${pinned}`])
    else if (process.versions.bun) mustRun(purpose, process.execPath, ['add', '--cwd', folder, `bun@${pinned}`])
    else throw new Refusal(`Cannot ${purpose}: npm is not on the PATH`)
    // npm that skips install scripts leaves a placeholder in the package.
    if (!isPinned(bunIn(folder))) {
      mustRun(purpose, process.execPath, [join(folder, 'node_modules', 'bun', 'install.js')])
    }
    if (!isPinned(bunIn(folder))) throw new Refusal(`Cannot ${purpose}: the installed program does not run here`)
    moveIn(folder, join(root, '.bun'), hasOwnBun)
  })
  return bunIn(join(root, '.bun'))
}

function findBun() {
  if (process.versions.bun === pinned) return process.execPath
  if (hasOwnBun()) return bunIn(join(root, '.bun'))
  return bunOnPath() ?? installBun()
}

/** Bun reads the user's .npmrc and the environment, but not npm's global settings: ask npm which registry it uses. */
function registrySettings() {
  const registry = run('npm', ['config', 'get', 'registry']).stdout?.trim()
  return registry?.startsWith('http') ? { ...process.env, npm_config_registry: registry } : process.env
}

function installDependencies(bun) {
  const lock = fs.readFileSync(join(root, 'bun.lock'))
  const hash = createHash('sha256').update(lock).digest('hex')
  const isGood = () => read(stampFile) === hash
  if (isGood()) return
  process.stderr.write('Installing the locked dependencies ...\n')
  withScratch(() => {
    for (const name of ['package.json', 'bun.lock', '.npmrc']) {
      if (fs.existsSync(join(root, name))) fs.copyFileSync(join(root, name), join(scratch, name))
    }
    const options = { cwd: scratch, env: registrySettings() }
    mustRun('install the dependencies', bun, ['install', '--frozen-lockfile'], options)
    fs.writeFileSync(join(scratch, 'node_modules', '.bun-lock-hash'), hash)
    moveIn(join(scratch, 'node_modules'), join(root, 'node_modules'), isGood)
  })
}

/**
 * One Ctrl-C reaches this process several times: from the terminal, and from npm, which passes it on. As a second
 * signal asks for the hard way out, the same one again within this many milliseconds does not count.
 */
const SAME_SIGNAL_MS = 250

/** npm gives itself a title: `npm start`. */
function isNpm(pid) {
  if (process.platform === 'linux') return read(`/proc/${pid}/cmdline`)?.startsWith('npm') ?? false
  return run('ps', ['-o', 'command=', '-p', String(pid)]).stdout?.startsWith('npm') ?? false
}

/** npm passes signals on, but not the one that ends it outright: this process then has another parent. */
function onNpmGone(gone) {
  const npm = process.ppid
  if (!process.env.npm_lifecycle_event || !isNpm(npm)) return
  const timer = setInterval(() => {
    if (process.ppid === npm) return
    clearInterval(timer)
    gone()
  }, 500)
  timer.unref()
}

/** Passes signals on to the program that `child` gives, and none before there is one. */
function forwardSignals(child) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    let forwardedAt = Number.NEGATIVE_INFINITY
    process.on(signal, () => {
      if (performance.now() - forwardedAt < SAME_SIGNAL_MS) return
      forwardedAt = performance.now()
      child().kill(signal)
    })
  }
}

function start(bun, args) {
  // The program watches this process id, and ends when this process is killed outright (core/host/launcher.ts).
  const env = { ...process.env, CAMPAIGN_DISPATCH_LAUNCHER: String(process.pid) }
  let child
  // Before the program starts: a signal between its start and a later handler would end this process and leave the program.
  forwardSignals(() => child)
  child = spawn(bun, args, { stdio: 'inherit', env })
  onNpmGone(() => child.kill('SIGTERM'))
  child.on('error', (error) => {
    process.stderr.write(`Cannot start Bun: ${error.message}\n`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : (code ?? 1)))
}

try {
  const bun = findBun()
  installDependencies(bun)
  start(bun, process.argv.slice(2))
} catch (error) {
  const known = error instanceof Refusal
  process.stderr.write(`${known ? error.message : `Cannot install into ${root}: ${error.message}`}\n`)
  process.exit(1)
}
