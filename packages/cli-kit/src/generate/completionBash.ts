// SPDX-License-Identifier: Apache-2.0
import type { AnyCommandSpec, ToolSpec } from '../spec/command.ts';
import { type Offer, offerForArgs, offerForFlag, shownFlags } from './shownFlags.ts';

/** For bash 4.2 and newer, with or without the bash-completion package. */
export function bashCompletion(tool: ToolSpec): string {
  const name = `_${tool.bin.replaceAll('-', '_')}`;
  const ids = tool.commands.map((spec) => spec.id).join(' ');
  return `# bash completion for ${tool.bin}, generated: do not edit

${name}_offer() {
  local kind=$1 cur=$2 entry
  case $kind in
    path) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
    dir) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$cur") ;;
    pid)
      for entry in /proc/[0-9]*; do
        entry=\${entry#/proc/}
        [[ $entry == "$cur"* ]] && COMPREPLY+=("$entry")
      done ;;
    words:*) mapfile -t COMPREPLY < <(compgen -W "\${kind#words:}" -- "$cur") ;;
  esac
}

${name}() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]}
  local command=\${COMP_WORDS[1]} flags='' args='' word
  COMPREPLY=()
  if (( COMP_CWORD == 1 )); then
    mapfile -t COMPREPLY < <(compgen -W '${ids} help --help --version' -- "$cur")
    return
  fi
  # readline splits --flag=value into three words
  if [[ $cur == '=' ]]; then
    cur=''
  elif [[ $prev == '=' ]]; then
    prev=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  # after -- there are arguments only
  for word in "\${COMP_WORDS[@]:2:COMP_CWORD-2}"; do
    [[ $word == -- ]] && prev='' && args=only
  done
  case $command in
${tool.commands.map((spec) => commandCase(name, spec)).join('\n')}
    help) ${name}_offer 'words:${ids}' "$cur"; return ;;
    *) return ;;
  esac
  if [[ $cur == -* && $args != only:* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$flags" -- "$cur")
    return
  fi
  ${name}_offer "\${args#only:}" "$cur"
}

complete -F ${name} ${tool.bin}
`;
}

function commandCase(name: string, spec: AnyCommandSpec): string {
  const flags = shownFlags(spec);
  const valued = flags.flatMap(({ flag, spellings }) => {
    if (flag.kind === 'boolean') return [];
    const offer = `${name}_offer '${kindOf(offerForFlag(flag))}' "$cur"`;
    return [`        ${spellings.join('|')}) ${offer}; return ;;`];
  });
  const words = flags.flatMap(({ spellings }) => spellings).join(' ');
  const choice =
    valued.length === 0 ? '' : `      case $prev in\n${valued.join('\n')}\n      esac\n`;
  return `    ${spec.id})
${choice}      flags='${words}'
      args=\${args:+only:}'${kindOf(offerForArgs(spec.args))}' ;;`;
}

function kindOf({ words, completion }: Offer): string {
  if (words.length > 0) return `words:${words.join(' ')}`;
  return completion === 'file' ? 'path' : completion;
}
