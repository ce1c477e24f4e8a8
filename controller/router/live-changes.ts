import { messageOf, SkupperError } from '../../core/model/error.ts'
import { managementType } from '../../router/config/entities.ts'
import type { EntityChange, EntityPlan } from '../../router/config/entity-diff.ts'

/** The part of `ManagementClient` that changing needs. */
export interface Changes {
  create(type: string, name: string, attributes: Readonly<Record<string, unknown>>): Promise<unknown>
  update(type: string, key: { name: string }, attributes: Readonly<Record<string, unknown>>): Promise<unknown>
  delete(type: string, key: { name: string }): Promise<void>
}

/**
 * Makes the changes in the plan's order. One that the router refuses does not stop the others: answers what was
 * refused and why, by entity name. Throws where the connection fails.
 */
export async function applyLive(client: Changes, plan: EntityPlan): Promise<Map<string, string>> {
  const refusals = new Map<string, string>()
  const each = async (changes: readonly EntityChange[], make: (change: EntityChange) => Promise<unknown>) => {
    for (const change of changes) {
      const refusal = await refusalOf(make(change))
      if (refusal !== undefined) refusals.set(change.name, refusal)
    }
  }
  await each(plan.delete, ({ type, name }) => client.delete(managementType(type), { name }))
  await each(plan.update, ({ type, name, attributes }) => client.update(managementType(type), { name }, attributes))
  await each(plan.create, ({ type, name, attributes }) => client.create(managementType(type), name, attributes))
  return refusals
}

async function refusalOf(made: Promise<unknown>): Promise<string | undefined> {
  try {
    await made
    return undefined
  } catch (error) {
    const isConnection = !(error instanceof SkupperError) || error.code.startsWith('amqp/')
    if (isConnection) throw error
    return messageOf(error)
  }
}
