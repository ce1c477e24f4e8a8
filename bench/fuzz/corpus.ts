import { readFileSync } from 'node:fs'

const DIRECTORY = new URL('../../test/corpus/', import.meta.url)

/** The inputs in the file `name`: each a line of hexadecimal digits; lines that start with # say what comes. */
export function readCorpus(name: string): Buffer[] {
  const lines = readFileSync(new URL(`${name}.hex`, DIRECTORY), 'utf8').split('\n')
  return lines.filter((line) => line !== '' && !line.startsWith('#')).map((line) => Buffer.from(line, 'hex'))
}
