import { buffer } from 'node:stream/consumers'
import { createGzip } from 'node:zlib'
import { pack } from 'tar-stream'
import type { DumpFile } from './platform/platform.ts'

/** The files as the bytes of a `.tar.gz`, all readable by their owner only. */
export async function packArchive(files: readonly DumpFile[], mtime: Date): Promise<Buffer> {
  const archive = pack()
  const bytes = buffer(archive.pipe(createGzip()))
  for (const { path, content } of files) archive.entry({ name: path, mode: 0o600, mtime }, content)
  archive.finalize()
  return bytes
}
