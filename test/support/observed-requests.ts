import type { AnswerAttributes, RequestAttributes, RequestSink } from '../../router/observe/observed-request.ts'

/** Notes the requests that an observer sees. A microsecond passes with each look at the clock. */
export class ObservedRequests implements RequestSink {
  readonly all: { opened: RequestAttributes; last?: AnswerAttributes }[] = []
  #nowUs = 0

  now(): number {
    this.#nowUs += 1
    return this.#nowUs
  }

  openRequest(opened: RequestAttributes) {
    const request: ObservedRequests['all'][number] = { opened }
    this.all.push(request)
    return {
      end: (last: AnswerAttributes) => {
        request.last = last
      },
    }
  }

  /** Each as `METHOD status octets/octetsReverse`; without a status if it was not answered. */
  get told(): string[] {
    return this.all.map(({ opened, last }) =>
      last === undefined
        ? `${opened.method} open`
        : `${opened.method} ${last.result ?? '-'} ${String(last.octets)}/${String(last.octetsReverse)}`,
    )
  }
}
