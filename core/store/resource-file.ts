import { LineCounter, parseAllDocuments, stringify, type Document } from 'yaml'
import { messageOf, SkupperError } from '../model/error.ts'
import { checkResource, issueMessage, type Kind, type Resource } from '../model/resource.ts'
import { lineOf } from './yaml-line.ts'

/** The longest file that is read, in characters: well beyond what a namespace of thousands of services needs. */
export const MAX_FILE_LENGTH = 8 * 1024 * 1024
/** How often a document may repeat what it defined before: enough for people, too little for a bomb. */
const MAX_ALIASES = 100

/** What is wrong in a text; `line` counts from 1. */
export interface TextProblem {
  line?: number | undefined
  message: string
}

export interface ParsedFile {
  resources: Resource[]
  problems: TextProblem[]
}

/** What tells one resource from another in a namespace. */
export interface ResourceId {
  readonly kind: Kind
  readonly name: string
}

/** A value that should be a resource: a whole document, or an item of a List. */
interface Item {
  value: unknown
  path: readonly PropertyKey[]
}

/** The resources of a YAML or JSON text of any number of documents, Lists included, and what is wrong with it. */
export function parseResourceFile(text: string): ParsedFile {
  const lines = new LineCounter()
  const parsed: ParsedFile = { resources: [], problems: [] }
  try {
    for (const document of documentsOf(text, lines)) addDocument(parsed, document, lines)
  } catch (error) {
    // A value that cannot be made (too many aliases, nested too deep) throws as broken syntax does.
    const line = error instanceof SkupperError && typeof error.given === 'number' ? error.given : undefined
    parsed.problems.push({ line, message: messageOf(error) })
  }
  return parsed
}

/**
 * The text of a file with one of its resources replaced or, where it has no such, added; taken out where `next` is
 * undefined. Everything else, comments too, stays. Undefined where nothing is left. Throws `store/broken-file` where
 * the text is not YAML.
 */
export function withResource(text: string, id: ResourceId, next: Resource | undefined): string | undefined {
  const documents = documentsOf(text, new LineCounter())
  const isNew = next !== undefined && documents.every((document) => itemOf(document, id) === undefined)
  const texts = documents.map((document) => editedDocument(document, id, next)).filter((edited) => edited !== undefined)
  const all = isNew ? [...texts, formatResource(next)] : texts
  return all.length === 0 ? undefined : all.map((edited) => edited.replace(/^---\n/, '')).join('---\n')
}

/** The text of a file with one resource. */
export function formatResource(resource: Resource): string {
  return stringify(resource, { lineWidth: 0 })
}

export function isResource(resource: Resource, { kind, name }: ResourceId): boolean {
  return resource.kind === kind && resource.metadata.name === name
}

function addDocument({ resources, problems }: ParsedFile, document: Document, lines: LineCounter): void {
  for (const { value, path } of itemsOf(document)) {
    const checked = checkResource(value)
    if ('resource' in checked) {
      resources.push(checked.resource)
    } else {
      const line = lineOf(document, [...path, ...checked.issue.path], lines)
      problems.push({ line, message: issueMessage(checked.issue) })
    }
  }
}

function editedDocument(document: Document, id: ResourceId, next: Resource | undefined): string | undefined {
  const item = itemOf(document, id)
  if (item?.path.length === 0) return next === undefined ? undefined : formatResource(next)
  if (item !== undefined && next === undefined) document.deleteIn(item.path)
  else if (item !== undefined) document.setIn(item.path, document.createNode(next))
  return itemsOf(document).length === 0 ? undefined : document.toString({ lineWidth: 0 })
}

function itemOf(document: Document, id: ResourceId): Item | undefined {
  return itemsOf(document).find(({ value }) => {
    const checked = checkResource(value)
    return 'resource' in checked && isResource(checked.resource, id)
  })
}

/** The documents of a text. Throws `store/broken-file`, whose `given` is the line, at the first that is not YAML. */
function documentsOf(text: string, lineCounter: LineCounter): Document[] {
  if (text.length > MAX_FILE_LENGTH) {
    const message = `the file has ${String(text.length)} characters; wanted at most ${String(MAX_FILE_LENGTH)}`
    throw new SkupperError('store/broken-file', message)
  }
  const documents: Document[] = parseAllDocuments(text, { lineCounter, merge: true, prettyErrors: false })
  const error = documents.flatMap(({ errors }) => errors)[0]
  if (error === undefined) return documents
  const { line } = lineCounter.linePos(error.pos[0])
  throw new SkupperError('store/broken-file', error.message, { given: line, wanted: 'YAML', cause: error })
}

function itemsOf(document: Document): Item[] {
  const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES })
  if (value === null || value === undefined) return []
  const items = listItems(value)
  return items?.map((item, index) => ({ value: item, path: ['items', index] })) ?? [{ value, path: [] }]
}

/** The items of a `kind: List`, as `kubectl get` prints it; undefined for anything else. */
function listItems(value: unknown): unknown[] | undefined {
  if (typeof value !== 'object' || value === null || !('kind' in value) || value.kind !== 'List') return undefined
  return 'items' in value && Array.isArray(value.items) ? value.items : undefined
}
