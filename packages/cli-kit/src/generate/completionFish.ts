// SPDX-License-Identifier: Apache-2.0
import type { AnyCommandSpec, ToolSpec } from '../spec/command.ts';
import {
  type Offer,
  offerForArgs,
  offerForFlag,
  type ShownFlag,
  shownFlags,
} from './shownFlags.ts';

/** For fish 3.0 and newer. */
export function fishCompletion(tool: ToolSpec): string {
  const { bin } = tool;
  const at = `__${bin.replaceAll('-', '_')}_at`;
  const start = `complete -c ${bin} -n '${at} ""'`;
  const commands = tool.commands.map(({ id, summary }) => `${start} -a ${id} -d ${quote(summary)}`);
  const ids = tool.commands.map(({ id }) => id).join(' ');
  return `# fish completion for ${bin}, generated: do not edit

# Whether the command is the one given; the empty one, when none is there yet.
function ${at}
    set -l words (commandline -opc)
    if test (count $words) -lt 2
        test -z "$argv[1]"
    else
        test "$words[2]" = "$argv[1]"
    end
end

complete -c ${bin} -f
${commands.join('\n')}
${start} -a help -d 'Help on a command'
${start} -l version -d 'show the version'
${start} -s h -l help -d 'show help'
complete -c ${bin} -n '${at} help' -a '${ids}'
${tool.commands.map((spec) => commandLines(bin, at, spec)).join('\n')}
`;
}

function commandLines(bin: string, at: string, spec: AnyCommandSpec): string {
  const start = `complete -c ${bin} -n '${at} ${spec.id}'`;
  const lines = shownFlags(spec).flatMap((shown) => flagLines(start, shown));
  const forArgs = optionsFor(offerForArgs(spec.args));
  return [...lines, ...(forArgs === '' ? [] : [`${start}${forArgs}`])].join('\n');
}

function flagLines(start: string, { name, flag }: ShownFlag): readonly string[] {
  const char = flag.char === undefined ? '' : ` -s ${flag.char}`;
  const summary = ` -d ${quote(flag.summary)}`;
  if (flag.kind !== 'boolean') {
    const offer = optionsFor(offerForFlag(flag));
    return [`${start}${char} -l ${name} -r${offer === '' ? ' -f' : offer}${summary}`];
  }
  const negated = flag.negatable === true ? [`${start} -l no-${name} -d ${quote('do not')}`] : [];
  return [`${start}${char} -l ${name}${summary}`, ...negated];
}

function optionsFor({ words, completion }: Offer): string {
  if (words.length > 0) return ` -f -a '${words.join(' ')}'`;
  if (completion === 'dir') return " -f -a '(__fish_complete_directories)'";
  if (completion === 'pid') return " -f -a '(__fish_complete_pids)'";
  return completion === 'none' ? '' : ' -F';
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
