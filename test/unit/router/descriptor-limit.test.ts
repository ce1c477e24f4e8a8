import { expect, test } from 'vitest'
import { socketsAllowed } from '../../../router/descriptor-limit.ts'

function limits(openFiles: string): string {
  return [
    'Limit                     Soft Limit           Hard Limit           Units     ',
    'Max processes             95000                95000                processes ',
    `Max open files            ${openFiles.padEnd(20)} 1048576              files     `,
  ].join('\n')
}

test.each([
  ['1048576', 1_048_320],
  ['1024', 768],
  ['200', 150],
  ['unlimited', Infinity],
])('of %s descriptors services get %d', (openFiles, sockets) => {
  expect(socketsAllowed(limits(openFiles))).toBe(sockets)
})

test('where nothing is said there is no bound', () => {
  expect(socketsAllowed('')).toBe(Infinity)
})
