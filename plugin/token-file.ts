import { constants } from 'node:fs'
import { access, open, readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { parse, stringify } from 'yaml'
import type { AccessToken } from '../core/model/access-token.ts'
import { EXPIRES_ANNOTATION, GENERATED_BY_ANNOTATION } from '../core/model/annotation-names.ts'
import { messageOf, SkupperError } from '../core/model/error.ts'
import { API_VERSION } from '../core/model/resource-schema.ts'
import { parseResource } from '../core/model/resource.ts'
import type { Site } from '../core/model/site.ts'

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
 * The token in a file. Throws `token/unreadable` where there is no such file or it is too large, `token/not-a-token`
 * where it is not YAML or not an AccessToken.
 */
export async function readToken(file: string): Promise<AccessToken> {
  const text = await textOf(file)
  try {
    const resource = parseResource(parse(text))
    if (resource.kind !== 'AccessToken') throw new Error(`it is a ${resource.kind}, not an AccessToken`)
    return resource
  } catch (cause) {
    const message = `Could not parse connection token: ${file} is not a valid skupper token: ${firstLine(cause)}`
    throw new SkupperError('token/not-a-token', message, { given: file, cause })
  }
}

async function textOf(file: string): Promise<string> {
  try {
    const { size } = await stat(file)
    if (size > MAX_TOKEN_BYTES) throw new Error(`its ${String(size)} bytes are too many for a token`)
    return await readFile(file, 'utf8')
  } catch (cause) {
    const message = `Could not read connection token: ${file}: ${messageOf(cause)}`
    throw new SkupperError('token/unreadable', message, { given: file, cause })
  }
}

const firstLine = (cause: unknown): string => messageOf(cause).split('\n', 1)[0] ?? ''
