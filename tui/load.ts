/** Loads the dashboard on demand: a pipe and a server alone need no React. */
export async function loadDashboard() {
  await import('./jsx.ts')
  return await import('./dashboard.tsx')
}
