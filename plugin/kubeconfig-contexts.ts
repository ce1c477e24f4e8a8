import { readFile } from 'node:fs/promises'
import { delimiter } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'

const kubeconfigSchema = z.object({ contexts: z.array(z.object({ name: z.string() })).nullish() })

/** The contexts of kubeconfig files (several as in KUBECONFIG), for completion: what cannot be read has none. */
export async function contextNames(files: string): Promise<string[]> {
  const found = await Promise.all(files.split(delimiter).map(namesIn))
  return [...new Set(found.flat())]
}

async function namesIn(file: string): Promise<string[]> {
  try {
    const { contexts } = kubeconfigSchema.parse(parse(await readFile(file, 'utf8')))
    return (contexts ?? []).map(({ name }) => name)
  } catch {
    return []
  }
}
