import { expect, test } from 'vitest'
import { unitText } from '../../../../plugin/platform/systemd.ts'

const options = { name: 'skupper-default', description: 'Skupper site', configHome: '/c', isRoot: true }

test('a unit restarts what it runs and starts with the machine', () => {
  const text = unitText({ ...options, command: ['/usr/bin/node', 'main.ts'] })
  expect(text).toContain('ExecStart="/usr/bin/node" "main.ts"\nRestart=always')
  expect(text).toContain('WantedBy=multi-user.target')
  expect(unitText({ ...options, isRoot: false, command: [] })).toContain('WantedBy=default.target')
})

test('what systemd would read as its own is quoted', () => {
  expect(unitText({ ...options, command: ['/a b/%n', '$HOME "x"'] })).toContain(
    String.raw`ExecStart="/a b/%%n" "$$HOME \"x\""`,
  )
})
