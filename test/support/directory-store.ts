import { openStore } from '../../core/store/store.ts'
import type { Store } from '../../core/store/store.ts'
import { temporaryDirectory } from './temporary-directory.ts'

/** A store of an empty namespace in a directory that goes with the test. */
export async function directoryStore(): Promise<{ store: Store; dir: string }> {
  const dir = await temporaryDirectory()
  return { dir, store: openStore({ dir, namespace: 'east' }) }
}
