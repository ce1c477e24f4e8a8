import { Command } from 'commander'
import { platformOf, type Cli } from '../cli.ts'
import { SkupperError } from '../../core/model/error.ts'
import { isLabel, type Labels } from '../../core/model/labels.ts'
import type { Listener } from '../../core/model/listener.ts'
import { isSynced, requireService } from '../exposure.ts'
import { treeLines } from '../output/tree.ts'
import { requireSite } from '../site.ts'
import { labelsOf } from '../view/services.ts'

/** `skupper service label SERVICE [k=v…] [k-…]`: shows, sets and removes the labels of a service. */
export function serviceLabelCommand(cli: Cli): Command {
  return new Command('label')
    .description('Show or change the labels of a service')
    .argument('<service>', 'address of the service')
    .argument('[labels...]', 'key=value sets a label, key- removes it')
    .action(async (...given: [string, string[], object, Command]) => {
      const [service, changes, , command] = given
      const platform = await platformOf(cli, command)
      await requireSite(platform)
      const parsed = changes.map(parseChange)
      const listeners = await requireService(platform, service)
      if (parsed.length === 0) {
        for (const line of labelLines(service, labelsOf(listeners[0]))) cli.terminal.print(line)
        return
      }
      refuseSynced(service, listeners)
      for (const listener of listeners) await platform.resources.apply(labelled(listener, parsed))
    })
}

interface LabelChange {
  key: string
  /** Undefined removes the label. */
  value: string | undefined
}

function parseChange(text: string): LabelChange {
  const [, removed] = /^([^=]+)-$/.exec(text) ?? []
  if (removed !== undefined) return { key: removed, value: undefined }
  const [key = '', value, ...more] = text.split('=')
  if (value === '') throw new SkupperError('label/value', `no value provided to label ${key}`, { given: text })
  if (value === undefined || more.length > 0 || !isLabel(key, value)) {
    const wanted = 'key=value or key- (to remove)'
    throw new SkupperError('label/invalid', `invalid label [${text}], use ${wanted}`, { given: text, wanted })
  }
  return { key, value }
}

function refuseSynced(service: string, listeners: readonly Listener[]): void {
  if (!listeners.every(isSynced)) return
  const message = `Service ${service} is defined by another site: label it there`
  throw new SkupperError('service/synced', message, { given: service })
}

function labelled(listener: Listener, changes: readonly LabelChange[]): Listener {
  const labels = new Map(Object.entries(listener.metadata.labels ?? {}))
  for (const { key, value } of changes) {
    if (value === undefined) labels.delete(key)
    else labels.set(key, value)
  }
  return { ...listener, metadata: { ...listener.metadata, labels: Object.fromEntries(labels) } }
}

function labelLines(service: string, labels: Labels): string[] {
  const pairs = Object.entries(labels).map(([key, value]) => ({ text: `${key}=${value}` }))
  if (pairs.length === 0) return [`${service} has no labels`]
  return treeLines({ text: service, children: [{ text: 'Labels:', children: pairs }] })
}
