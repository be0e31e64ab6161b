/** Unknown fields, each once: the first 20, so that the report of an unrelated file stays short. */
export class Ignored {
  readonly names = new Set<string>()
  add(name: string): void {
    if (this.names.size < 20 && name !== '') this.names.add(name.slice(0, 64))
  }
}
