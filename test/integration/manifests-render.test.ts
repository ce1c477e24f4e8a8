import { execFile, execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'

const ROOT = join(import.meta.dirname, '../..')
/** The helm to render with; those tests are skipped where it is unset. */
const HELM = process.env['HELM']
const run = promisify(execFile)

const objectSchema = z.looseObject({
  kind: z.string(),
  metadata: z.object({ name: z.string(), namespace: z.string().optional() }),
  subjects: z.array(z.object({ namespace: z.string().optional() })).optional(),
})

type Rendered = z.infer<typeof objectSchema>

const kinds = (objects: readonly Rendered[]) => [...new Set(objects.map(({ kind }) => kind))].sort()
const namesOf = (objects: readonly Rendered[], kind: string) =>
  objects
    .filter((object) => object.kind === kind)
    .map(({ metadata }) => metadata.name)
    .sort()

async function rendered(program: string, args: readonly string[]): Promise<Rendered[]> {
  const { stdout } = await run(program, args, { cwd: ROOT, maxBuffer: 16 * 1024 * 1024 })
  const values = parseAllDocuments(stdout).map((document) => document.toJS() as unknown)
  return values.filter((value) => value !== null).map((value) => objectSchema.parse(value))
}

function isThere(program: string): boolean {
  try {
    execFileSync(program, ['version', '--client'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

describe.skipIf(!isThere('kubectl'))('kustomize', () => {
  test('renders kinds, webhook and site', async () => {
    const objects = await rendered('kubectl', ['kustomize', 'manifests/base'])
    expect(namesOf(objects, 'Deployment')).toEqual(['skupper-site-controller', 'skupper-webhook'])
    expect(namesOf(objects, 'CustomResourceDefinition')).not.toContain('skupperclusterpolicies.skupper.io')
    expect(kinds(objects)).toEqual(
      expect.arrayContaining(['Site', 'MutatingWebhookConfiguration', 'PodDisruptionBudget']),
    )
  })

  test('puts a site into the namespace that is said', async () => {
    const objects = await rendered('kubectl', ['kustomize', 'manifests/site'])
    expect(new Set(objects.map(({ metadata }) => metadata.namespace))).toEqual(new Set(['default']))
    const subjects = objects.flatMap((object) => object.subjects ?? [])
    expect(subjects.map(({ namespace }) => namespace)).toEqual(['default'])
  })
})

describe.skipIf(HELM === undefined)('the Helm chart', () => {
  const chart = (...args: string[]) =>
    rendered(HELM ?? '', ['template', 'net', 'charts/skupper', '--namespace', 'shop', '--include-crds', ...args])

  test('renders the webhook, and no site unless it is asked for', async () => {
    const objects = await chart()
    expect(namesOf(objects, 'Deployment')).toEqual(['skupper-webhook'])
    expect(namesOf(objects, 'CustomResourceDefinition')).toContain('exposurepolicies.skupper.io')
    const placed = objects.flatMap(({ metadata }) => metadata.namespace ?? [])
    expect(new Set(placed)).toEqual(new Set(['shop']))
  })

  test('renders a site with its settings, its own image, and certificates of cert-manager', async () => {
    const values = ['site.enabled=true', 'site.settings.routers=2', 'image=example.com/s:1', 'webhook.certManager=true']
    const objects = await chart(
      '--set',
      values.slice(0, 1).join(),
      '--set-string',
      values.slice(1, 3).join(),
      '--set',
      'webhook.certManager=true',
    )
    expect(objects.find(({ kind }) => kind === 'Site')).toMatchObject({
      metadata: { name: 'shop' },
      spec: { linkAccess: 'default', settings: { routers: '2' } },
    })
    expect(kinds(objects)).toEqual(expect.arrayContaining(['Certificate', 'Issuer']))
    const text = JSON.stringify(objects.filter(({ kind }) => kind === 'Deployment'))
    expect(text.match(/example\.com\/s:1/g)).toHaveLength(2)
  })
})
