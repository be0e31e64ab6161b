/** The process that started this one (`scripts/bun.mjs`), which passes signals on while it lives. */

const LOOK_EVERY_MS = 500

/**
 * Calls `gone` once when the launcher has ended without a word, as `kill -9` ends it: the kernel then gives this process
 * another parent. A process that was started otherwise (nohup, setsid, systemd, a container) has no launcher to lose.
 * @param launcher process id that the launcher told of itself; another number than the parent's is an inherited one
 * @param parent the number of the parent process at this moment
 */
export function watchLauncher(launcher: string | undefined, gone: () => void, parent = () => process.ppid): void {
  if (launcher === undefined || Number(launcher) !== parent()) return
  const timer = setInterval(() => {
    if (parent() === Number(launcher)) return
    clearInterval(timer)
    gone()
  }, LOOK_EVERY_MS)
  timer.unref()
}
