// SPDX-License-Identifier: Apache-2.0
// Programs that only prepare and then become another one: `env`, `nohup`, `nice`, `setsid`,
// `timeout` (coreutils, util-linux). Followed where their command line is understood.
import { type ByteText, basename } from '../../config/byteText.ts';

export interface Wrapped {
  readonly command: readonly ByteText[];
  /** Starts from nothing (`env -i`). */
  readonly isCleared: boolean;
  readonly unset: readonly ByteText[];
  /** NAME=VALUE entries. */
  readonly set: readonly ByteText[];
  readonly cwd?: ByteText;
}

/** What the program becomes; undefined when it is no wrapper, or starts nothing. */
export function wrappedCommand(path: ByteText, argv: readonly ByteText[]): Wrapped | undefined {
  const name = basename(path);
  if (name === 'env') return envCommand(argv.slice(1));
  const rest = SKIP[name]?.(argv.slice(1));
  if (rest === undefined || rest.length === 0) return undefined;
  return { command: rest, isCleared: false, unset: [], set: [] };
}

/** Drops options; some take the next argument. */
function withoutOptions(args: readonly ByteText[], withValue: RegExp): readonly ByteText[] {
  let i = 0;
  for (; i < args.length && args[i]!.startsWith('-') && args[i] !== '-'; i++) {
    if (args[i] === '--') return args.slice(i + 1);
    if (withValue.test(args[i]!)) i++;
  }
  return args.slice(i);
}

const SKIP: Readonly<Record<string, (args: readonly ByteText[]) => readonly ByteText[]>> = {
  nohup: (args) => withoutOptions(args, /^$/),
  setsid: (args) => withoutOptions(args, /^$/),
  nice: (args) => withoutOptions(args, /^(?:-n|--adjustment)$/),
  timeout: (args) => withoutOptions(args, /^(?:-[ks]|--kill-after|--signal)$/).slice(1),
};

function envCommand(given: readonly ByteText[]): Wrapped | undefined {
  const args = [...given];
  const unset: ByteText[] = [];
  let isCleared = false;
  let cwd: ByteText | undefined;
  for (let arg = args[0]; arg?.startsWith('-'); arg = args[0]) {
    args.shift();
    if (arg === '--') break;
    if (arg === '-' || arg === '-i' || arg === '--ignore-environment') isCleared = true;
    else if (arg === '-u' || arg === '--unset') unset.push(args.shift() ?? '');
    else if (arg.startsWith('--unset=')) unset.push(arg.slice('--unset='.length));
    else if (/^-u./s.test(arg)) unset.push(arg.slice(2));
    else if (arg === '-C' || arg === '--chdir') cwd = args.shift();
    else if (arg.startsWith('--chdir=')) cwd = arg.slice('--chdir='.length);
    else if (arg === '-S' || arg === '--split-string') args.unshift(...splitString(args.shift()));
    else if (arg.startsWith('--split-string=')) args.unshift(...splitString(arg.slice(15)));
    else if (/^-S./s.test(arg)) args.unshift(...splitString(arg.slice(2)));
    else if (/^-v*S/.test(arg))
      args.unshift(...splitString(arg.replace(/^-v*S/, '') || args.shift()));
    else if (arg !== '-v' && arg !== '--debug') return undefined;
  }
  const set: ByteText[] = [];
  while (args[0]?.includes('=')) set.push(args.shift()!);
  if (args.length === 0) return undefined;
  return { command: args, isCleared, unset, set, ...(cwd !== undefined && { cwd }) };
}

/** Words of `env -S`, with its quotes; variables in it are left as they stand. */
function splitString(text: ByteText = ''): ByteText[] {
  const words: ByteText[] = [];
  let word: ByteText | undefined;
  let quote = '';
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (quote === '' && /\s/.test(c)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (quote === '' ? c === '"' || c === "'" : c === quote) {
      quote = quote === '' ? c : '';
      word ??= '';
    } else if (c === '\\' && quote !== "'" && i + 1 < text.length) {
      word = (word ?? '') + text[++i]!;
    } else word = (word ?? '') + c;
  }
  if (word !== undefined) words.push(word);
  return words;
}
