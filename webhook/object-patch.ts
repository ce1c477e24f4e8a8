import jsonPatch from 'fast-json-patch'
import { apply_patch as applyPatch } from 'jsonpatch'
import { SkupperError } from '../core/model/error.ts'
import type { Labels } from '../core/model/labels.ts'
import type { ObjectKeys } from './object-keys.ts'

/** One step of a JSON patch (RFC 6902). */
export interface PatchStep {
  readonly op: string
  readonly path: string
  readonly value?: unknown
}

/** The parts of an object that are compared: its four maps as they are there, absent and null ones too. */
interface Maps {
  metadata?: Holder
  spec?: { template?: { metadata?: Holder | null } }
}

interface Holder {
  annotations?: Labels | null
  labels?: Labels | null
}

/**
 * The JSON patch that gives an object these annotations and labels, by comparing it with its changed copy; empty where
 * it has them. Nothing but those maps is compared, so nothing else is ever patched. The patch was applied back before it
 * is given: throws `patch/unfit` where that does not lead to the copy.
 */
export function patchFor(object: unknown, keys: ObjectKeys): PatchStep[] {
  const before = mapsOf(object)
  const after = changedMaps(before, keys)
  const patch = jsonPatch.compare(before, after)
  if (patch.length === 0) return []
  if (leadsTo(after, { before, patch })) return patch
  throw new SkupperError('patch/unfit', `a patch of ${String(patch.length)} steps does not lead to the changed object`)
}

/** It is applied by another library than the one that made it. */
function leadsTo(after: Maps, { before, patch }: { before: Maps; patch: PatchStep[] }): boolean {
  try {
    return jsonPatch.compare(applyPatch(before, patch), after).length === 0
  } catch {
    return false
  }
}

function mapsOf(object: unknown): Maps {
  const { metadata, spec } = object as { metadata?: unknown; spec?: unknown }
  const template = memberOf(spec, 'template')
  const maps: Maps = { metadata: holderOf(metadata) ?? {} }
  if (template === undefined || template === null) return maps
  const podMetadata = memberOf(template, 'metadata')
  const pod = podMetadata === null ? null : holderOf(podMetadata)
  return { ...maps, spec: { template: pod === undefined ? {} : { metadata: pod } } }
}

function changedMaps({ metadata, spec }: Maps, keys: ObjectKeys): Maps {
  const own = changedHolder(metadata, { annotations: keys.annotations, labels: keys.labels })
  if (spec?.template === undefined) return { metadata: own }
  const { metadata: before } = spec.template
  const pod = changedHolder(before ?? {}, { annotations: keys.podAnnotations, labels: keys.podLabels })
  const isUntouched = Object.keys(pod).length === 0 && (before === undefined || before === null)
  return { metadata: own, spec: { template: isUntouched ? spec.template : { metadata: pod } } }
}

/** A map that is empty and was not there, or was there empty, stays as it was. */
function changedHolder(before: Holder | undefined, wanted: Required<Holder>): Holder {
  const after: Holder = { ...before }
  for (const place of ['annotations', 'labels'] as const) {
    const map = wanted[place] ?? {}
    const old = before?.[place]
    if (Object.keys(map).length > 0) after[place] = map
    else if (Object.keys(old ?? {}).length > 0) after[place] = {}
  }
  return after
}

function holderOf(value: unknown): Holder | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { annotations, labels } = value as Holder
  return { ...(annotations === undefined ? {} : { annotations }), ...(labels === undefined ? {} : { labels }) }
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined
}
