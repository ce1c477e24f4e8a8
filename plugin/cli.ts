import type { Command } from 'commander'
import type { KubeClient } from '../core/kube/kube-client.ts'
import type { Terminal } from './output/terminal.ts'
import type { Platform } from './platform/platform.ts'

/** Flags that every command takes. */
export interface GlobalFlags {
  platform?: string
  namespace?: string
  /** Of a kubeconfig; in clusters only, as the next one. */
  context?: string
  kubeconfig?: string
}

/** A cluster, and the image of this release that its programs run from. */
export interface Cluster {
  readonly client: KubeClient
  readonly image: string
}

/** What a command is built with: where it speaks, what it works on, and the world it may not reach by itself. */
export interface Cli {
  readonly terminal: Terminal
  readonly version: string
  /** Loads what the platform needs, and connects to it. */
  platform(flags: GlobalFlags): Promise<Platform>
  /** The API server that flags and kubeconfig lead to, for what concerns a whole cluster. */
  cluster(flags: GlobalFlags): Promise<Cluster>
  /** Names of the contexts that a kubeconfig has; none where it cannot be read. */
  contexts(flags: GlobalFlags): Promise<string[]>
  now(): Date
}

/** The platform that the flags given to `command`, or to the program above it, choose. */
export function platformOf(cli: Cli, command: Command): Promise<Platform> {
  return cli.platform(command.optsWithGlobals<GlobalFlags>())
}
