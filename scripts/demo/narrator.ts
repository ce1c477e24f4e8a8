import { styleText } from 'node:util'

/** Prints the story: what happens, what is typed, what it answers. */
export interface Narrator {
  chapter(title: string): void
  typed(command: string): void
  answered(text: string): void
  remark(text: string): void
}

/** A narrator on a stream; coloured only on a terminal that wants colours (NO_COLOR is obeyed by `styleText`). */
export function narrate(stream: NodeJS.WriteStream): Narrator {
  const style = (format: 'bold' | 'cyan' | 'dim', text: string) => styleText(format, text, { stream })
  const line = (text: string) => void stream.write(`${text}\n`)
  return {
    chapter: (title) => {
      line(`\n${style('bold', title)}`)
    },
    typed: (command) => {
      line(style('cyan', `$ ${command}`))
    },
    answered: (text) => {
      line(text.replace(/\n$/, ''))
    },
    remark: (text) => {
      line(style('dim', text))
    },
  }
}
