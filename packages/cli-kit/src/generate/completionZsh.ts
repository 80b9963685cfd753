// SPDX-License-Identifier: Apache-2.0
import type { AnyCommandSpec, ArgSpec, ToolSpec } from '../spec/command.ts';
import { type Offer, offerForFlag, type ShownFlag, shownFlags } from './shownFlags.ts';

/** For zsh's completion system: in a directory of fpath, or sourced after compinit. */
export function zshCompletion(tool: ToolSpec): string {
  const name = `_${tool.bin}`;
  const described = tool.commands.map(({ id, summary }) => `    ${quote(`${id}:${summary}`)}`);
  return `#compdef ${tool.bin}
# zsh completion for ${tool.bin}, generated: do not edit

# Not _pids, which knows the processes of one's own terminal only.
${name}_pids() {
  compadd -- /proc/<->(N:t)
}

${name}() {
  local curcontext=$curcontext state line
  typeset -A opt_args
  local -a commands
  commands=(
${described.join('\n')}
    'help:Help on a command'
  )
  _arguments -C -s -S \\
    '(- *)'{-h,--help}'[show help]' \\
    '(- *)--version[show the version]' \\
    '1:command:->command' \\
    '*::argument:->argument' && return
  case $state in
    command) _describe -t commands command commands ;;
    argument)
      curcontext=\${curcontext%:*:*}:${tool.bin}-$line[1]:
      case $line[1] in
${tool.commands.map((spec) => commandCase(tool.bin, spec)).join('\n')}
        help) _describe -t commands command commands ;;
      esac ;;
  esac
}

if [[ $funcstack[1] == ${name} ]]; then
  ${name} "$@"
else
  compdef ${name} ${tool.bin}
fi
`;
}

function commandCase(bin: string, spec: AnyCommandSpec): string {
  const lines = [
    ...shownFlags(spec).flatMap((shown) => flagLines(bin, shown)),
    ...spec.args.map((arg, i) => argLine(bin, arg, i)),
  ];
  return `        ${spec.id})
          _arguments -s -S \\
${lines.map((line) => `            ${line}`).join(' \\\n')} ;;`;
}

function flagLines(bin: string, { name, flag, spellings }: ShownFlag): readonly string[] {
  const exclusive = (flag.exclusive ?? []).map((other) => `--${other}`);
  const isMultiple = flag.kind !== 'boolean' && flag.multiple === true;
  const excluded = isMultiple ? exclusive : [...spellings, ...exclusive];
  const before = excluded.length > 0 ? `(${excluded.join(' ')})` : '';
  return spellings.map((spelling) => {
    const isLong = spelling.startsWith('--');
    const how = flag.kind === 'boolean' ? '' : isLong ? '=' : '+';
    const value = flag.kind === 'boolean' ? '' : `:${name}:${actionOf(bin, offerForFlag(flag))}`;
    const star = isMultiple ? '*' : '';
    return quote(`${before}${star}${spelling}${how}[${escapeSpec(flag.summary)}]${value}`);
  });
}

function argLine(bin: string, arg: ArgSpec, index: number): string {
  const place = arg.multiple === true ? '*' : `${index + 1}`;
  const offer = { words: arg.values ?? [], completion: arg.completion ?? 'none' } as const;
  return quote(`${place}:${escapeSpec(arg.name)}:${actionOf(bin, offer)}`);
}

function actionOf(bin: string, { words, completion }: Offer): string {
  if (words.length > 0) return `(${words.join(' ')})`;
  if (completion === 'dir') return '_files -/';
  if (completion === 'pid') return `_${bin}_pids`;
  return completion === 'none' ? ' ' : '_files';
}

// Within the specifications of _arguments.
function escapeSpec(text: string): string {
  return text.replaceAll(/[\\[\]:]/g, '\\$&');
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
