import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** An empty directory that is removed when the test has finished, or when `atEnd` is done. */
export async function temporaryDirectory(atEnd: (task: () => Promise<void>) => void = onTestFinished): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'skupper-test-'))
  atEnd(() => rm(directory, { recursive: true, force: true }))
  return directory
}
