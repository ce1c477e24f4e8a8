/** What one part of a router logs. */
export interface LogLevel {
  readonly module: string
  /** A level, with a `+` where graver ones are logged too. */
  readonly enable: string
}

/** The parts of skupper-router 3.x that log; it does not start with the name of another. */
const MODULES = new Set([
  ...['ADDRESS_WATCH', 'AGENT', 'CONN_MGR', 'CONTAINER', 'DEFAULT', 'ERROR', 'FLOW_LOG', 'HTTP', 'HTTP_ADAPTOR'],
  ...['HTTP1_OBSERVER', 'HTTP2_DECODER', 'HTTP2_OBSERVER', 'MESSAGE', 'POLICY', 'PROTOCOL', 'PYTHON', 'ROUTER'],
  ...['ROUTER_CORE', 'ROUTER_HELLO', 'ROUTER_LS', 'ROUTER_MA', 'SERVER', 'TCP_ADAPTOR'],
])
const LEVELS = new Set(['trace', 'debug', 'info', 'notice', 'warning', 'error', 'critical'])

/** What is logged where nothing is said (skupper-v1 sheet, section 1.1). */
export const USUAL_LOGGING = 'ROUTER_CORE:error+'

/**
 * The levels of a list such as `info` or `ROUTER:debug,SERVER:info+`: a level alone is that of all modules without one
 * of their own. Undefined where it names a module or a level that there is not, or a module twice.
 */
export function routerLogging(text: string): readonly LogLevel[] | undefined {
  const levels = text.split(',').map(levelIn)
  const known = levels.filter((level) => level !== undefined)
  const isSound = known.length === levels.length && new Set(known.map(({ module }) => module)).size === known.length
  return isSound ? known : undefined
}

function levelIn(word: string): LogLevel | undefined {
  const [, module = 'DEFAULT', enable = ''] = /^(?:([A-Z0-9_]+):)?([a-z]+\+?)$/.exec(word) ?? []
  return MODULES.has(module) && LEVELS.has(enable.replace('+', '')) ? { module, enable } : undefined
}
