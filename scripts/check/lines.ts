/** Rules that look at one line at a time, or at how many there are. */
import { type Finding, lineAt } from './finding.ts'

const MOST_LINES = 300

interface LineRule {
  readonly pattern: RegExp
  readonly message: string
  applies(path: string): boolean
}

/** Files that read settings, and the one that writes the one variable that libraries read. */
const environmentFiles = new Set(['core/config/config.ts', 'core/config/production.ts'])

const isTest = (path: string) => /\.test\.tsx?$/.test(path)

const rules: readonly LineRule[] = [
  {
    // Scripts and tests start processes and so hand an environment on; the program itself knows only its settings.
    // In quotes it is a name for the bundler, which puts a constant in its place.
    pattern: /(?<!['"])\b(?:process|Bun|import\.meta)\.env\b/,
    message: 'the environment is read in core/config/config.ts only',
    applies: (path) => !environmentFiles.has(path) && !/^(?:scripts|test)\//.test(path),
  },
  {
    pattern: /\b(?:dangerouslySetInnerHTML|innerHTML|outerHTML|insertAdjacentHTML|srcdoc)\b|\bdocument\.write|\beval\(/,
    message: 'what people wrote is text, never markup or code',
    applies: (path) => path.startsWith('plugins/console/web/'),
  },
  {
    pattern: /\blocalStorage\b|\bdocument\.cookie\b/,
    message: 'a key is kept for the tab alone: nothing is stored beyond it',
    applies: (path) => path.startsWith('plugins/console/web/'),
  },
  {
    pattern: /\b(?:test|it|describe)(?:\.\w+)*\.only\(/,
    message: 'this leaves out every other test',
    applies: isTest,
  },
  {
    pattern: /\b(?:test|it|describe)(?:\.\w+)*\.(?:skip|todo)\(/,
    message: 'a test that does not run is no test: delete it, or name the condition with `skipIf`',
    applies: isTest,
  },
]

/** The beginning of a docstring, on the line of `/**` or the next one. */
const docstring =
  /^\s*\/\*\*(?:\n\s*\*)?\s+(?:What|Who(?:se|m|ever)?|Whether|Which|Where|When|How|Of|Told|Tells|To be|So many|So long|Those|Else)\b/gm

/** The first line of a comment between statements. */
const comment = /(?<!\/\/[^\n]*\n)^\s*\/\/ (?:What(?:ever)?|Who(?:se|m|ever)?|Whether|Of|Told|To be|Those|Else)\b/gm

const isComment = (line: string) => /^\s*(?:\/\/|\/?\*)/.test(line)

/** @param path from the project's folder, with slashes */
export function checkLines(path: string, text: string): Finding[] {
  const lines = text.replace(/\n$/, '').split('\n')
  const relevant = rules.filter((rule) => rule.applies(path))
  const findings = lines.flatMap((line, index) =>
    relevant
      .filter(({ pattern }) => !isComment(line) && pattern.test(line))
      .map(({ message }) => ({ path, line: index + 1, message })),
  )
  for (const { 0: begin, index } of [...text.matchAll(docstring), ...text.matchAll(comment)])
    findings.push({
      path,
      line: lineAt(text, index + begin.search(/\S/)),
      message: 'a comment begins with a noun or a verb',
    })
  if (lines.length > MOST_LINES) {
    findings.push({ path, line: MOST_LINES + 1, message: `${lines.length} lines are two ideas: split the file` })
  }
  return findings
}
