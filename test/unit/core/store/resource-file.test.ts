import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseResourceOf } from '../../../../core/model/resource.ts'
import { MAX_FILE_LENGTH, parseResourceFile, withResource } from '../../../../core/store/resource-file.ts'

const site = (name: string) => `apiVersion: skupper.io/v2alpha1\nkind: Site\nmetadata:\n  name: ${name}\n`
const siteOf = (name: string, spec: object) =>
  parseResourceOf('Site', { apiVersion: 'skupper.io/v2alpha1', kind: 'Site', metadata: { name }, spec })

const problem = (text: string) => parseResourceFile(text).problems[0]

describe('parseResourceFile', () => {
  it('reads documents, Lists, JSON and merged keys', () => {
    const list = `apiVersion: v1\nkind: List\nitems:\n- &first\n  apiVersion: skupper.io/v2alpha1\n  kind: Site\n  metadata: {name: b}\n- <<: *first\n  metadata: {name: c}\n`
    const json = '{"apiVersion":"skupper.io/v2alpha1","kind":"Site","metadata":{"name":"d"},"spec":null}'
    const { resources, problems } = parseResourceFile(`---\n${site('a')}---\n---\n${list}---\n${json}\n`)
    expect(problems).toEqual([])
    expect(resources.map(({ metadata }) => metadata.name)).toEqual(['a', 'b', 'c', 'd'])
  })

  it.each(['', '\n\n', '---\n', '# nothing\n', 'null'])('finds nothing in %j', (text) => {
    expect(parseResourceFile(text)).toEqual({ resources: [], problems: [] })
  })

  it.each([
    [`${site('a')}spec:\n  edge: maybe\n`, 6, 'spec.edge'],
    [`${site('a')}spec:\n  # here\n  eedge: true\n`, 7, 'spec.eedge'],
    [`${site('a')}spec:\n  settings:\n    service-sync: sometimes\n`, 7, 'spec.settings.service-sync'],
    ['kind: Site\nmetadata:\n  name: a\n', 1, 'apiVersion'],
    [
      '\n\nkind: Link\napiVersion: skupper.io/v2alpha1\nmetadata: {name: a}\nspec:\n  endpoints:\n  - name: edge\n    host: h\n    port: 1\n',
      10,
      'spec.endpoints.0.port',
    ],
    [
      `kind: List\nitems:\n- kind: Site\n  metadata:\n    name: UPPER\n  apiVersion: skupper.io/v2alpha1\n`,
      5,
      'metadata.name',
    ],
  ])('gives the line of what is wrong in %j', (text, line, path) => {
    expect(problem(text)).toMatchObject({ line })
    expect(problem(text)?.message).toContain(`${path} `)
  })

  it('takes no bomb', () => {
    const bomb = ['a0: &a0 [x,x,x,x,x,x,x,x,x]']
    for (let level = 1; level < 9; level += 1) {
      bomb.push(
        `a${String(level)}: &a${String(level)} [${Array(9)
          .fill(`*a${String(level - 1)}`)
          .join(',')}]`,
      )
    }
    expect(problem(bomb.join('\n'))).toBeDefined()
    expect(problem(`kind: ${'['.repeat(100_000)}`)).toBeDefined()
    expect(problem(`kind: ${'['.repeat(200)}${']'.repeat(200)}`)).toBeDefined()
    expect(problem('x'.repeat(MAX_FILE_LENGTH + 1))).toBeDefined()
  })

  it('answers any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(), (text, at) => {
        const cut = site('a').slice(0, at % site('a').length)
        return Array.isArray(parseResourceFile(cut + text).problems)
      }),
      { numRuns: 40 },
    )
  })
})

describe('withResource', () => {
  const id = { kind: 'Site', name: 'b' } as const

  it('changes one document and keeps the words of the others', () => {
    const text = `# first\n${site('a')}---\n${site('b')}---\n# third\n${site('c')}`
    const edited = withResource(text, id, siteOf('b', { edge: true }))
    expect(edited).toContain('# first')
    expect(edited).toContain('# third')
    expect(parseResourceFile(edited ?? '').resources).toMatchObject([
      { metadata: { name: 'a' }, spec: {} },
      { metadata: { name: 'b' }, spec: { edge: true } },
      { metadata: { name: 'c' } },
    ])
  })

  it('adds what is not there yet', () => {
    const edited = withResource(site('a'), id, siteOf('b', {}))
    expect(parseResourceFile(edited ?? '').resources).toHaveLength(2)
  })

  it('takes out a document, and the file with the last', () => {
    expect(withResource(`${site('a')}---\n${site('b')}`, id, undefined)).toBe(site('a'))
    expect(withResource(`---\n${site('b')}---\n`, id, undefined)).toBeUndefined()
  })

  it('changes and takes out items of a List', () => {
    const list = `kind: List\nitems:\n- {apiVersion: skupper.io/v2alpha1, kind: Site, metadata: {name: a}}\n- {apiVersion: skupper.io/v2alpha1, kind: Site, metadata: {name: b}}\n`
    const edited = withResource(list, id, siteOf('b', { ha: true })) ?? ''
    expect(parseResourceFile(edited).resources[1]).toMatchObject({ spec: { ha: true } })
    expect(parseResourceFile(withResource(edited, id, undefined) ?? '').resources).toHaveLength(1)
  })

  it('leaves what is not YAML', () => {
    expect(() => withResource('kind: [', id, undefined)).toThrow(expect.objectContaining({ code: 'store/broken-file' }))
  })
})
