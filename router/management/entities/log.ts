import { parseAttributes } from '../../config/entities.ts'
import type { RouterLogs } from '../../router-logs.ts'
import type { Entity, EntityType } from '../entity-type.ts'
import { refusal } from '../status.ts'

/** Log modules: each can be made more or less talkative while the router runs. */
export function logType(logs: RouterLogs): EntityType {
  const shown = (module: string, enable: string): Entity => {
    const name = `log/${module}`
    return { name, identity: name, module, enable }
  }
  return {
    type: 'io.skupper.router.log',
    attributes: ['module', 'enable'],
    list: () => logs.list().map(([module, enable]) => shown(module, enable)),
    update: (entity, { module = entity['module'], ...changes }) => {
      const attributes = parseAttributes('log', { module, ...changes }, entity.name)
      if (attributes.module !== entity['module']) {
        throw refusal('management/bad-request', 'the module of a log cannot be changed', attributes.module)
      }
      logs.enable(attributes.module, attributes.enable)
      return Promise.resolve(shown(attributes.module, attributes.enable))
    },
  }
}
