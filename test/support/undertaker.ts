/**
 * Clears up after this process, however it ends: a shell of its own waits until the pipe from here closes, which
 * even `kill -9` makes happen, and then ends the server and removes its folder.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** Reads process ids, and keeps the last. Out of reach of Ctrl-C, which goes to the terminal's whole group. */
const script = `
trap '' INT TERM HUP
pid=
while read -r line; do pid=$line; done
if [ -n "$pid" ] && kill -QUIT "$pid" 2>/dev/null; then
  for _ in $(seq 100); do kill -0 "$pid" 2>/dev/null || break; sleep 0.05; done
  kill -KILL "$pid" 2>/dev/null
fi
for _ in $(seq 50); do rm -rf "$1"; [ -e "$1" ] || exit 0; sleep 0.1; done`

export interface Undertaker {
  /** Names the process to end; undefined when there is none. */
  watch(pid: number | undefined): void
  /** Does the work now, and resolves when it is done. */
  bury(): Promise<void>
}

/** @param folder is removed in the end */
export function engageUndertaker(folder: string): Undertaker {
  const shell = spawn('sh', ['-c', script, 'undertaker', folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
    // Nothing of this run's environment: whoever looks for what the tests left running must not take this for it.
    env: { PATH: '/usr/bin:/bin:/usr/sbin:/sbin' },
  })
  const gone = once(shell, 'exit')
  shell.unref()
  return {
    watch: (pid) => void shell.stdin.write(`${pid ?? ''}\n`),
    bury: async () => {
      shell.ref()
      shell.stdin.end()
      await gone
    },
  }
}
