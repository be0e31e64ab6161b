/** Fields that are not ours, each once: the first 20, so that a file of nonsense makes no long report. */
export class Ignored {
  readonly names = new Set<string>()
  add(name: string): void {
    if (this.names.size < 20 && name !== '') this.names.add(name.slice(0, 64))
  }
}
