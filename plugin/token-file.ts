import { constants, createReadStream } from 'node:fs'
import { access, open, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { parseAllDocuments, stringify } from 'yaml'
import type { AccessToken } from '../core/model/access-token.ts'
import { EXPIRES_ANNOTATION, GENERATED_BY_ANNOTATION } from '../core/model/annotation-names.ts'
import { messageOf, SkupperError } from '../core/model/error.ts'
import { API_VERSION } from '../core/model/resource-schema.ts'
import { parseResourceOf } from '../core/model/resource.ts'
import type { Site } from '../core/model/site.ts'
import { readChain } from '../core/pki/chain.ts'

const MAX_TOKEN_BYTES = 256 * 1024
const OWNER_ONLY = 0o600

/** What a grant gave, all of it known by the time a token is written. */
export interface IssuedToken {
  name: string
  url?: string | undefined
  code?: string | undefined
  ca?: string | undefined
  expires?: string | undefined
}

/** The token of a grant; annotations say which site made it and until when, for those who hold the file. */
export function tokenFor({ name, url = '', code = '', ca = '', expires }: IssuedToken, site: Site): AccessToken {
  return {
    apiVersion: API_VERSION,
    kind: 'AccessToken',
    metadata: {
      name,
      annotations: {
        ...(site.metadata.uid === undefined ? {} : { [GENERATED_BY_ANNOTATION]: site.metadata.uid }),
        ...(expires === undefined ? {} : { [EXPIRES_ANNOTATION]: expires }),
      },
    },
    spec: { url, code, ca, linkCost: 1 },
  }
}

/** Throws `token/file` unless a file can be written there: asked before anything is granted. */
export async function checkWritable(file: string): Promise<void> {
  try {
    const there = await stat(file).catch(() => undefined)
    if (there?.isDirectory() === true) throw new Error('it is a directory')
    await access(there === undefined ? dirname(file) : file, constants.W_OK)
  } catch (cause) {
    throw new SkupperError('token/file', `could not write to file ${file}: ${messageOf(cause)}`, { given: file, cause })
  }
}

/** Writes the token so that only its owner can read it, whatever mode the file had. */
export async function writeToken(file: string, token: AccessToken): Promise<void> {
  const handle = await open(file, 'w', OWNER_ONLY)
  try {
    await handle.chmod(OWNER_ONLY)
    await handle.writeFile(stringify(token, { lineWidth: 0 }))
  } finally {
    await handle.close()
  }
}

/**
 * The token in a file, or in a pipe. Throws `token/unreadable` where it cannot be read or is too large, `token/not-a-token`
 * where it is not YAML, not an AccessToken, or cut.
 */
export async function readToken(file: string): Promise<AccessToken> {
  const text = await textOf(file)
  try {
    return tokenIn(text)
  } catch (cause) {
    const message = `Could not parse connection token: ${file} is not a valid skupper token: ${firstLine(cause)}`
    throw new SkupperError('token/not-a-token', message, { given: file, cause })
  }
}

function tokenIn(text: string): AccessToken {
  const [document, ...more] = parseAllDocuments(text)
  if (document === undefined) throw new Error('it is empty')
  const [fault] = document.errors
  if (fault !== undefined) throw fault
  if (more.length > 0) throw new Error(`it holds ${String(more.length + 1)} documents; a token is one`)
  const value: unknown = document.toJS()
  const kind = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined
  if (kind !== 'AccessToken') {
    throw new Error(typeof kind === 'string' ? `it is a ${kind}, not an AccessToken` : 'it is not an AccessToken')
  }
  const token = parseResourceOf('AccessToken', value)
  requireCertificates(token.spec.ca)
  return token
}

/** A file that was cut is found here, before anything is sent or stored. */
function requireCertificates(ca: string): void {
  try {
    readChain(ca)
  } catch (cause) {
    throw new Error(`spec.ca: ${messageOf(cause)}`, { cause })
  }
}

async function textOf(file: string): Promise<string> {
  try {
    const text = await beginningOf(file)
    if (text.length > MAX_TOKEN_BYTES) throw new Error('it is too large for a token')
    return text
  } catch (cause) {
    const message = `Could not read connection token: ${file}: ${messageOf(cause)}`
    throw new SkupperError('token/unreadable', message, { given: file, cause })
  }
}

/** What does not end, such as a device, is not read to its end. */
async function beginningOf(file: string): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of createReadStream(file, { end: MAX_TOKEN_BYTES }) as AsyncIterable<Buffer>)
    chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

/** The parser shows the place on further lines. */
const firstLine = (cause: unknown): string => messageOf(cause).split('\n', 1)[0]?.replace(/:$/, '') ?? ''
