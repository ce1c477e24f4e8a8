import type { Command } from 'commander'

export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

/**
 * The words that can follow `words` (what was typed after the program's name; the last one is being typed).
 * They come from the commands themselves, so completion never lags behind them.
 */
export function candidates(program: Command, words: readonly string[]): string[] {
  const typed = words.slice(0, -1).filter((word) => !word.startsWith('-'))
  const command = typed.reduce((above, word) => subcommand(above, word) ?? above, program)
  const last = words.at(-1) ?? ''
  const names = command.commands.filter((below) => !isHidden(below)).map((below) => below.name())
  const flags = [command, program].flatMap(({ options }) => options.map(({ long }) => long ?? ''))
  return [...names, ...(last.startsWith('-') ? flags : [])].filter((word) => word !== '' && word.startsWith(last))
}

const subcommand = (command: Command, name: string) => command.commands.find((below) => below.name() === name)

/** Commands that help does not show are ours alone. */
const isHidden = (command: Command): boolean => command.name().startsWith('__')

/** The script that a shell reads: it asks `skupper __complete` at each tab, and offers files where nothing fits. */
export const completionScript: Readonly<Record<Shell, string>> = {
  bash: `_skupper() {
  local IFS=$'\\n'
  COMPREPLY=($(skupper __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _skupper skupper kubectl-skupper
`,
  zsh: `#compdef skupper kubectl-skupper
_skupper() {
  local -a found
  found=(\${(f)"$(skupper __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)"})
  if (( \${#found} )); then compadd -- $found; else _files; fi
}
compdef _skupper skupper kubectl-skupper
`,
  fish: `function __skupper_complete
  set -l words (commandline -opc) (commandline -ct)
  skupper __complete -- $words[2..-1] 2>/dev/null
end
complete -c skupper -a '(__skupper_complete)'
complete -c kubectl-skupper -a '(__skupper_complete)'
`,
}
