import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { CLUSTERS, clusterNamespaces } from '../support/cluster/clusters.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

/** A shorter value may stand in any text. */
const MIN_SECRET = 16
const secretList = z.object({ items: z.array(z.object({ data: z.record(z.string(), z.string()).default({}) })) })

/** The files of an archive, by path. */
async function filesOf(archive: string): Promise<Map<string, string>> {
  const directory = join(await temporaryDirectory(), 'dump')
  await mkdir(directory)
  await promisify(execFile)('tar', ['-xzf', archive, '-C', directory])
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return new Map(await Promise.all(files.map(async (path) => [path, await readFile(path, 'utf8')] as const)))
}

describe.skipIf(CLUSTERS.length === 0)('debug dump', () => {
  test('has what each router says of itself, and no secret', async () => {
    const [site] = await clusterNamespaces(1)
    if (site === undefined) throw new Error('a cluster is needed')
    await site.skupperOk(
      'init',
      '--site-name',
      'here',
      '--routers',
      '2',
      '--enable-console',
      '--console-auth',
      'internal',
    )
    await site.skupperOk('token', 'create', join(await temporaryDirectory(), 'token.yaml'))
    const archive = join(await temporaryDirectory(), 'dump.tar.gz')
    await site.skupperOk('debug', 'dump', archive)
    const files = await filesOf(archive)

    const routers = [...files].filter(([path]) => path.endsWith('/router/router.yaml'))
    expect(routers).toHaveLength(2)
    for (const [, content] of routers) expect(content).toContain('mode: interior')
    const listeners = [...files].filter(([path]) => path.endsWith('/router/listener.yaml'))
    for (const [, content] of listeners) expect(content).toContain('port: "5671"')

    const secrets = secretList.parse(JSON.parse(await site.kubectl(['get', 'secrets', '-o', 'json'])))
    const isPublic = ([key]: [string, string]): boolean => key.endsWith('.crt')
    const values = secrets.items.flatMap(({ data }) => Object.entries(data).filter((entry) => !isPublic(entry)))
    expect(values.length).toBeGreaterThan(5)
    for (const [key, encoded] of values) {
      const plain = Buffer.from(encoded, 'base64').toString()
      if (plain.length < MIN_SECRET) continue
      for (const [path, content] of files) {
        expect(content.includes(encoded) || content.includes(plain), `${key} in ${path}`).toBe(false)
      }
    }
  })
})
