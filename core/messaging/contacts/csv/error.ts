/** A file that cannot be read as a table of customers. The message is a sentence for the person who chose the file. */
export class CsvError extends Error {
  override readonly name = 'CsvError'
  /** The field that it is about; '' for the file as a whole. */
  readonly path: string
  constructor(message: string, path = '') {
    super(message)
    this.path = path
  }
}
