/** A logger that keeps what it was told. */
export class RecordedLog {
  readonly lines: { level: string; message: string; facts: Record<string, unknown> }[] = []

  debug(facts: object, message: string): void {
    this.#add('debug', facts, message)
  }

  info(facts: object, message: string): void {
    this.#add('info', facts, message)
  }

  warn(facts: object, message: string): void {
    this.#add('warn', facts, message)
  }

  error(facts: object, message: string): void {
    this.#add('error', facts, message)
  }

  /** The values of one fact, in order, of the lines that have it. */
  all(fact: string): unknown[] {
    return this.lines.flatMap(({ facts }) => (fact in facts ? [facts[fact]] : []))
  }

  get text(): string {
    return JSON.stringify(this.lines)
  }

  #add(level: string, facts: object, message: string): void {
    this.lines.push({ level, message, facts: { ...facts } })
  }
}
