import { flagSetting, settingOf } from '../../core/model/settings.ts'
import type { Site } from '../../core/model/site.ts'

const ROUTER = 'skupper-router'
const HA_ROUTERS = 2

/** The names of a site's routers, each a Deployment and a group of endpoints, as Skupper v2 has it. */
export function routerGroups(site: Site): string[] {
  return Array.from({ length: routerCount(site) }, (_, index) => `${ROUTER}${groupSuffix(index)}`)
}

/** Nothing for the first router, "-2" for the second. */
export function groupSuffix(index: number): string {
  return index === 0 ? '' : `-${String(index + 1)}`
}

/** Whether routers are kept on different nodes where that can be. */
export function spreads(site: Site): boolean {
  return routerCount(site) > 1 && !flagSetting(site, 'disable-anti-affinity')
}

function routerCount({ spec }: Site): number {
  const asked = Number(settingOf({ spec }, 'routers'))
  return spec.ha === true ? Math.max(asked, HA_ROUTERS) : asked
}
