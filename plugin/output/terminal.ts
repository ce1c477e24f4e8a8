import { stringify } from 'yaml'
import yoctoSpinner from 'yocto-spinner'

/** Where a command's answer goes: text for people, or one document for programs. */
export type Format = 'text' | 'json' | 'yaml'

/** What a command may say to the one who typed it. */
export interface Terminal {
  /** A line of the answer, on stdout. */
  print(line: string): void
  /** A document for programs, on stdout. */
  document(value: unknown, format: Exclude<Format, 'text'>): void
  /** A remark that is not the answer, on stderr. */
  warn(line: string): void
  /** Shows `text` and what it changes to while `work` runs; nothing of it stays, and none is shown off a terminal. */
  progress<T>(text: string, work: (update: (text: string) => void) => Promise<T>): Promise<T>
}

/** The terminal over two streams. The spinner goes to `err`, so that it never mixes with an answer that is piped. */
export function openTerminal(out: NodeJS.WriteStream, err: NodeJS.WriteStream): Terminal {
  return {
    print: (line) => void out.write(`${line}\n`),
    document: (value, format) => void out.write(format === 'json' ? json(value) : stringify(value)),
    warn: (line) => void err.write(`${line}\n`),
    progress: (text, work) => (err.isTTY ? withSpinner(text, err, work) : work(() => undefined)),
  }
}

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`

async function withSpinner<T>(
  text: string,
  stream: NodeJS.WriteStream,
  work: (update: (text: string) => void) => Promise<T>,
): Promise<T> {
  const spinner = yoctoSpinner({ text, stream }).start()
  try {
    return await work((next) => (spinner.text = next))
  } finally {
    spinner.stop()
  }
}
