import type { BigIntStats } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf } from '../model/error.ts'
import type { Kind, Resource } from '../model/resource.ts'
import type { StoreProblem } from '../model/site-store.ts'
import { optional } from './file-error.ts'
import type { LastGood } from './last-good.ts'
import { closeToOthers } from './modes.ts'
import { parseResourceFile, type ParsedFile, type TextProblem } from './resource-file.ts'

const RESOURCE_FILE = /^[^.].*\.(yaml|yml|json)$/
const MAX_FILE_BYTES = 16 * 1024 * 1024
/** Two changes this close may leave the same time on a file: what was read in between is read again. */
const SETTLED_MS = 100
const SECRET_KINDS: ReadonlySet<Kind> = new Set(['Secret', 'AccessToken', 'AccessGrant'])

/** A resource and the name of the file it lies in. */
export interface FiledResource {
  readonly resource: Resource
  readonly file: string
  /** The file is broken now: this is what it last was. */
  readonly isStale: boolean
}

export interface DirectoryContent {
  readonly filed: readonly FiledResource[]
  readonly problems: readonly StoreProblem[]
}

interface ReadFile extends ParsedFile {
  /** Tells whether the file is still the one that was read; undefined where nothing can tell. */
  readonly stamp: string | undefined
}

/** Reads the resource files of a directory, again and again: a file that did not change is not parsed again. */
export class ResourceDirectory {
  readonly #path: string
  readonly #lastGood: LastGood | undefined
  readonly #files = new Map<string, ReadFile>()

  /** With `lastGood` a broken file counts as what it last was; without, as empty. */
  constructor(path: string, lastGood?: LastGood) {
    this.#path = path
    this.#lastGood = lastGood
  }

  /**
   * What the files whose names begin with `prefix` hold, in the order of their names. Of two resources with the same
   * kind and name the first counts.
   */
  async read(prefix = ''): Promise<DirectoryContent> {
    const names = await this.#names(prefix)
    const files = await Promise.all(names.map((name) => this.#read(name)))
    const there = new Set(names)
    for (const known of this.#files.keys()) {
      if (known.startsWith(prefix) && !there.has(known)) this.#files.delete(known)
    }
    if (prefix === '') await this.#lastGood?.keepOnly(there)
    return contentOf(names.flatMap((name, index) => (files[index] === undefined ? [] : [{ name, ...files[index] }])))
  }

  async #names(prefix: string): Promise<string[]> {
    const all = (await optional(readdir(this.#path))) ?? []
    return all.filter((name) => RESOURCE_FILE.test(name) && name.startsWith(prefix)).sort()
  }

  async #read(name: string): Promise<ReadFile | undefined> {
    const path = join(this.#path, name)
    const stats = await optional(stat(path, { bigint: true }))
    if (stats?.isFile() !== true) return undefined
    const stamp = stampOf(stats)
    const known = this.#files.get(name)
    if (known?.stamp !== undefined && known.stamp === stamp) return known
    const file = { stamp, ...(await this.#parse(name, stats)) }
    if (file.resources.some(({ kind }) => SECRET_KINDS.has(kind))) await closeToOthers(path, Number(stats.mode))
    this.#files.set(name, file)
    return file
  }

  async #parse(name: string, stats: BigIntStats): Promise<ParsedFile> {
    const { text, problem } = await readText(join(this.#path, name), stats)
    const parsed = text === undefined ? { resources: [], problems: problem } : parseResourceFile(text)
    if (parsed.problems.length === 0 && text !== undefined) await this.#lastGood?.save(name, text)
    if (parsed.problems.length === 0) return parsed
    const before = await this.#lastGood?.read(name)
    return { problems: parsed.problems, resources: before === undefined ? [] : parseResourceFile(before).resources }
  }
}

async function readText(path: string, { size }: BigIntStats): Promise<{ text?: string; problem: TextProblem[] }> {
  if (size > MAX_FILE_BYTES) {
    return { problem: [{ message: `the file has ${String(size)} bytes; wanted at most ${String(MAX_FILE_BYTES)}` }] }
  }
  try {
    return { text: await readFile(path, 'utf8'), problem: [] }
  } catch (error) {
    return { problem: [{ message: messageOf(error) }] }
  }
}

function stampOf({ mtimeNs, ctimeNs, size, ino }: BigIntStats): string | undefined {
  const changedMs = Number(ctimeNs / 1_000_000n)
  if (Date.now() - changedMs < SETTLED_MS) return undefined
  return [mtimeNs, ctimeNs, size, ino].join(' ')
}

function contentOf(files: readonly (ParsedFile & { name: string })[]): DirectoryContent {
  const filed = new Map<string, FiledResource>()
  const problems: StoreProblem[] = []
  for (const { name, resources, problems: own } of files) {
    problems.push(...own.map((problem) => ({ file: name, ...problem })))
    for (const resource of resources) {
      const id = `${resource.kind} ${resource.metadata.name}`
      const first = filed.get(id)
      if (first === undefined) filed.set(id, { resource, file: name, isStale: own.length > 0 })
      else problems.push({ file: name, message: `${id} is already in ${first.file}, which counts` })
    }
  }
  return { filed: [...filed.values()], problems }
}
