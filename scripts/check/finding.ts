/** A broken rule, and where. */
export interface Finding {
  /** From the project's folder, with slashes. */
  readonly path: string
  readonly line: number
  readonly message: string
}

/** The line, counted from 1, of the character at `index`. */
export function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length
}
