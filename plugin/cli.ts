import type { Command } from 'commander'
import type { Terminal } from './output/terminal.ts'
import type { Platform } from './platform/platform.ts'

/** Flags that every command takes. */
export interface GlobalFlags {
  platform?: string
  namespace?: string
}

/** What a command is built with: where it speaks, what it works on, and the world it may not reach by itself. */
export interface Cli {
  readonly terminal: Terminal
  readonly version: string
  platform(flags: GlobalFlags): Platform
  now(): Date
}

/** The platform that the flags given to `command`, or to the program above it, choose. */
export function platformOf(cli: Cli, command: Command): Platform {
  return cli.platform(command.optsWithGlobals<GlobalFlags>())
}
