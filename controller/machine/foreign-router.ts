import { existsSync } from 'node:fs'

/** A program of util-linux, which every Linux but the smallest has. */
const SETPRIV_PLACES = ['/usr/bin/setpriv', '/bin/setpriv']

type Command = [program: string, ...args: string[]]

/**
 * How to run a router that is not ours on this machine. It does not watch its standard input: where there is setpriv,
 * the kernel ends it when its supervisor dies, in whatever way; elsewhere the next supervisor finds it by its id.
 */
export function foreignRouter(program: string, configFile: string, isThere = existsSync): Command {
  const command: Command = [program, '-c', configFile]
  const setpriv = SETPRIV_PLACES.find((place) => isThere(place))
  return setpriv === undefined ? command : [setpriv, '--pdeathsig', 'TERM', ...command]
}
