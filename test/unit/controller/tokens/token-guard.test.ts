import { expect, test } from 'vitest'
import type { AccessGrant } from '../../../../core/model/access-grant.ts'
import type { AccessToken } from '../../../../core/model/access-token.ts'
import { API_VERSION } from '../../../../core/model/resource-schema.ts'
import { tokenObstacle, type TokenSurroundings } from '../../../../controller/tokens/token-guard.ts'
import { link } from '../../../support/machine-resources.ts'

function token(name: string, url: string, maker?: string): AccessToken {
  return {
    apiVersion: API_VERSION,
    kind: 'AccessToken',
    metadata: { name, ...(maker === undefined ? {} : { annotations: { 'skupper.io/generated-by': maker } }) },
    spec: { url, code: 'c', ca: 'ca' },
  }
}

const GRANT: AccessGrant = {
  apiVersion: API_VERSION,
  kind: 'AccessGrant',
  metadata: { name: 'g' },
  spec: {},
  status: { url: 'https://me:9091/grant' },
}

function judge(judged: AccessToken, changes: Partial<TokenSurroundings> = {}): string | undefined {
  return tokenObstacle(judged, { siteId: 'here', grants: [GRANT], tokens: [judged], links: [], ...changes })
}

test('a token of another site may be redeemed', () => {
  expect(judge(token('a', 'https://east:9091/x', 'east'))).toBeUndefined()
  expect(judge(token('a', 'https://east:9091/x'))).toBeUndefined()
})

test('a token of the site itself is refused, by maker or by grant', () => {
  expect(judge(token('a', 'https://east:9091/x', 'here'))).toBe("Can't create connection to self with token")
  expect(judge(token('a', 'https://me:9091/grant'))).toBe("Can't create connection to self with token")
})

test('of two tokens of one site the older one counts', () => {
  const first = token('a', 'https://east:9091/x', 'east')
  const second = token('b', 'https://east:9091/y', 'east')
  const tokens = [first, second]
  expect(judge(first, { tokens })).toBeUndefined()
  expect(judge(second, { tokens })).toBe('Already connected to "east" by link "a".')
})

test('the same token twice is one too many, even if nothing names its maker', () => {
  const first = token('a', 'https://east:9091/x')
  const second = token('b', 'https://east:9091/x')
  expect(judge(second, { tokens: [first, second] })).toContain('by link "a"')
})

test('a link of another origin to the same site, or of the same name, comes first', () => {
  const other = link('mine')
  const links = [{ ...other, status: { remoteSiteId: 'east' } }]
  expect(judge(token('a', 'https://east:9091/x', 'east'), { links })).toBe(
    'Already connected to "east" by link "mine".',
  )
  expect(judge(token('mine', 'https://west:9091/x', 'west'), { links })).toContain('already exists')
})

test('a name under which the site keeps its own credentials is refused', () => {
  expect(judge(token('skupper-site-server', 'https://east:9091/x'))).toContain('reserved')
})
