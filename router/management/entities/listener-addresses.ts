import { SkupperError } from '../../../core/model/error.ts'
import type { AttributesOf } from '../../config/entities.ts'
import type { AddedAddress } from '../../service/address-choice.ts'
import { configuredType } from '../configured-type.ts'
import type { EntityType } from '../entity-type.ts'

/** A listener that sends its clients to several addresses. */
export interface AddressedListener {
  addAddress(address: string, value: number): AddedAddress
}

interface Listed {
  attributes: AttributesOf<'listenerAddress'>
  added: AddedAddress | undefined
}

/** The addresses of listeners with a multiAddressStrategy. They outlive their listener, which may be made anew. */
export class ListenerAddresses {
  readonly #listeners = new Map<string, AddressedListener>()
  readonly #listed = new Set<Listed>()

  get type(): EntityType {
    return configuredType({
      type: 'listenerAddress',
      statusAttributes: ['connectionsOpened'],
      updatable: ['value'],
      start: (attributes) => {
        const { name, listener } = attributes
        if (!this.#listeners.has(listener)) throw noListener(name, listener)
        const listed: Listed = { attributes, added: undefined }
        this.#listed.add(listed)
        this.#add(listed)
        return {
          status: () => ({ connectionsOpened: listed.added?.chosen.connectionsOpened ?? 0 }),
          update: (next) => {
            listed.attributes = next
            listed.added?.update(next.value)
            return Promise.resolve()
          },
          close: () => {
            this.#listed.delete(listed)
            listed.added?.remove()
          },
        }
      },
    })
  }

  /** A listener is there: it gets what is listed for it. The answer is to be called when it goes. */
  open(name: string, listener: AddressedListener): () => void {
    this.#listeners.set(name, listener)
    for (const listed of this.#listed) if (listed.attributes.listener === name) this.#add(listed)
    return () => {
      this.#listeners.delete(name)
      for (const listed of this.#listed) if (listed.attributes.listener === name) listed.added = undefined
    }
  }

  #add(listed: Listed): void {
    const { listener, address, value } = listed.attributes
    listed.added = this.#listeners.get(listener)?.addAddress(address, value)
  }
}

function noListener(name: string, listener: string): SkupperError {
  const wanted = 'the name of a tcpListener with a multiAddressStrategy'
  const message = `listenerAddress ${name}: listener is "${listener}"; wanted ${wanted}`
  return new SkupperError('config/unknown-listener', message, { given: listener, wanted })
}
