import { CLUSTER_SETTINGS } from './cluster-settings.ts'
import { parseDuration } from './duration.ts'
import { textMap } from './field-schemas.ts'
import { PROGRAM_SETTINGS } from './program-settings.ts'
import { routerLogging, USUAL_LOGGING } from './router-logging.ts'
import {
  among,
  isFlag,
  isHost,
  isLabels,
  isProgram,
  isRevisions,
  isValidity,
  type Setting,
  type SettingsKind,
} from './setting.ts'

/** Every settings key that this project reads: the one table that the documentation prints. */
export const SETTINGS = [
  {
    key: 'listen-host',
    kinds: ['Site'],
    default: '127.0.0.1',
    wanted: 'a host name or an IP address',
    meaning: 'Where listeners of services bind on a machine, so that several sites can share it.',
    accepts: isHost,
  },
  {
    key: 'link-host',
    kinds: ['Site'],
    default: '0.0.0.0',
    wanted: 'a host name or an IP address',
    meaning: 'Where the router accepts links and the token server answers on a machine; tokens name it.',
    accepts: isHost,
  },
  {
    key: 'service-sync',
    kinds: ['Site'],
    default: 'true',
    wanted: '"true" or "false"',
    meaning: 'Whether services exposed in other sites appear here, and ours there.',
    accepts: isFlag,
  },
  {
    key: 'service-sync-labels',
    kinds: ['Site'],
    default: '',
    wanted: 'labels such as "k=v,k=v"',
    meaning: 'Send and accept only services that have all these labels.',
    accepts: isLabels,
  },
  {
    key: 'certificate-validity',
    kinds: ['Site'],
    default: '43800h',
    wanted: 'a duration of at least 30s, such as "8760h"',
    meaning: 'How long certificates of this site and of links to it are valid; renewed after two thirds of it.',
    accepts: isValidity,
  },
  {
    key: 'authority-validity',
    kinds: ['Site'],
    default: '87600h',
    wanted: 'a duration of at least 30s, such as "8760h"',
    meaning:
      'How long the authority that signs for links is valid; after two thirds of it the next one begins beside it.',
    accepts: isValidity,
  },
  {
    key: 'tls-prior-valid-revisions',
    kinds: ['Site'],
    default: '2',
    wanted: 'a number from 0 to 999',
    meaning: 'After how many renewals of a certificate connections made with it end; its Secret may say otherwise.',
    accepts: isRevisions,
  },
  {
    key: 'router-engine',
    kinds: ['Site'],
    default: 'built-in',
    wanted: '"built-in" or "skupper-router"',
    meaning: 'Which router the site runs: ours, or the one written in C.',
    accepts: among('built-in', 'skupper-router'),
  },
  {
    key: 'router-binary',
    kinds: ['Site'],
    default: 'skrouterd',
    wanted: 'the path or the name of a program',
    meaning: 'The program of the engine "skupper-router" on a machine; a name is looked for on the path.',
    accepts: isProgram,
  },
  {
    key: 'router-data-connection-count',
    kinds: ['Site'],
    default: 'auto',
    wanted: '"auto" or a number from 0 to 32',
    meaning: 'How many connections carry the streams of a link.',
    accepts: (value) => value === 'auto' || (/^\d{1,2}$/.test(value) && Number(value) <= 32),
  },
  {
    key: 'router-logging',
    kinds: ['Site'],
    default: USUAL_LOGGING,
    wanted: 'levels such as "info" or "ROUTER:debug,SERVER:info+"',
    meaning: 'What routers log; a level alone is for all modules without one of their own.',
    accepts: (value) => routerLogging(value) !== undefined,
  },
  {
    key: 'protocol-deduced',
    kinds: ['Listener', 'Connector'],
    default: 'false',
    wanted: '"true" or "false"',
    meaning: 'The type was deduced: a listener then passes bytes that are not HTTP as tcp.',
    accepts: isFlag,
  },
  ...CLUSTER_SETTINGS,
  ...PROGRAM_SETTINGS,
] as const satisfies readonly Setting[]

export type SettingKey = (typeof SETTINGS)[number]['key']

/** The schema of `spec.settings` of a kind: text for each key, and sound values for the keys of the table. */
export function settingsOf(kind: SettingsKind) {
  const known: readonly Setting[] = SETTINGS.filter((setting: Setting) => setting.kinds.includes(kind))
  return textMap.superRefine((settings, context) => {
    for (const { key, accepts, wanted } of known) {
      const value = settings[key]
      if (value !== undefined && !accepts(value)) context.addIssue({ code: 'custom', path: [key], message: wanted })
    }
  })
}

/** The value of a setting, or its default. */
export function settingOf(resource: Settled, key: SettingKey): string {
  const given = resource.spec.settings?.[key]
  return given ?? SETTINGS.find((setting) => setting.key === key)?.default ?? ''
}

interface Settled {
  spec: { settings?: Readonly<Record<string, string>> | undefined }
}

/** A setting that is "true" or "false". */
export function flagSetting(resource: Settled, key: SettingKey): boolean {
  return settingOf(resource, key) === 'true'
}

/** A setting that is a duration, in milliseconds. */
export function durationSetting(resource: Settled, key: SettingKey): number {
  return parseDuration(settingOf(resource, key))
}
