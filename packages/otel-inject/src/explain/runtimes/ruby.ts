// SPDX-License-Identifier: Apache-2.0
// Ruby: `-r HOOK` in front of RUBYOPT, and the place of the bundled gems beside it
// (native/injector/src/ruby.zig).
import { type ByteText, isBlank, leadingNumber, trimEnd } from '../../config/byteText.ts';
import { isAtLeast, textOf, type Version, versionOf } from '../../config/settings.ts';
import { whyFileUnusable } from '../predict/access.ts';
import type { Planning } from '../predict/planning.ts';
import {
  type Command,
  commandOf,
  isNamed,
  ownArguments,
  type Subject,
  UNKNOWN_COMMAND,
} from '../predict/subject.ts';
import type { InjectVerdict } from '../predict/verdicts.ts';

const VARIABLE = 'RUBYOPT';
const GEM_PATH = 'OTEL_RUBY_ADDITIONAL_GEM_PATH';

const WITH_VALUE = new Set(
  '-r -I -C -E --encoding --external-encoding --internal-encoding -X'.split(' '),
);
const INFORMATIONAL = new Set('--version --help -h --copyright --yydebug'.split(' '));
/** RUBYOPT is not read, or the agent's gems could not be loaded and Ruby would not start. */
const INCOMPATIBLE = new Set(
  `--disable-gems --disable-gem --disable=gems --disable=gem --disable-all --disable=all
  --disable-rubyopt --disable=rubyopt`.split(/\s+/),
);

/** By symbol and name: vim and others embed Ruby for themselves. */
export function isRuby(subject: Subject): boolean {
  return subject.symbols.has('ruby_run_node') && isNamed(subject, ['ruby']);
}

export function rubyCommand({ argv }: Subject): Command {
  for (let i = 1; i < argv.length; i++) {
    const argument = argv[i]!;
    if (argument.length < 2 || argument[0] !== '-') {
      const isProgram = argument !== '' && argument[0] !== '-';
      return isProgram ? commandOf('program', argument, i + 1) : UNKNOWN_COMMAND;
    }
    if (INFORMATIONAL.has(argument)) return commandOf('informational');
    const next = argv[i + 1];
    if (argument === '-v' && next === undefined) return commandOf('informational');
    if (argument === '--') {
      return next === undefined ? UNKNOWN_COMMAND : commandOf('program', next, i + 2);
    }
    if (argument[1] === 'e') return commandOf('evaluate', '', i);
    if (WITH_VALUE.has(argument)) i++;
  }
  return UNKNOWN_COMMAND;
}

export function injectRuby(plan: Planning): InjectVerdict {
  const { subject, env, settings } = plan;
  const prefix = trimEnd(textOf(settings, 'ruby_auto_instrumentation_agent_path_prefix'), '/');
  if (prefix === '') return 'no_agent';
  if ([...prefix].some(isBlank)) return 'path_not_expressible';
  if (env.has(GEM_PATH)) return 'own_settings';
  const version = rubyVersion(subject);
  const minimum = versionOf(settings, 'ruby_auto_instrumentation_minimum_ruby_version');
  if (version !== undefined && !isAtLeast(version, minimum)) {
    const found = `${version.major}.${version.minor}`;
    plan.notes.push(`it is Ruby ${found}; the minimum is ${minimum.major}.${minimum.minor}`);
    return 'version_too_old';
  }
  const own = ownArguments(subject, rubyCommand(subject));
  if (own.some((argument) => INCOMPATIBLE.has(argument))) return 'incompatible_options';
  const directory = `${prefix}/${plan.libc}`;
  const hook = `${directory}/opentelemetry-auto-instrumentation.rb`;
  const there = verdictOn(env.get(VARIABLE) ?? '', hook);
  if (there !== undefined) return there;
  const problem = whyFileUnusable(subject, hook, 1);
  if (problem !== undefined) {
    plan.notes.push(problem);
    return 'agent_unusable';
  }
  if (!plan.prepend(VARIABLE, `-r ${hook}`, ' ', 'loads the Ruby agent before the program')) {
    return 'out_of_memory';
  }
  const reason = 'tells the Ruby agent where its gems are';
  return plan.create(GEM_PATH, directory, reason) ? 'injected' : 'out_of_memory';
}

function verdictOn(value: ByteText, hook: ByteText): InjectVerdict | undefined {
  for (const word of value.split(' ')) {
    if (INCOMPATIBLE.has(word)) return 'incompatible_options';
    const library = word.startsWith('-r') ? word.slice(2) : word;
    if (library === hook) return 'already_injected';
    if (library.includes('opentelemetry-auto-instrumentation')) return 'other_agent';
  }
  return undefined;
}

/** `const char ruby_version[]`, for example "3.1.2". */
export function rubyVersion({ symbols }: Subject): Version | undefined {
  const bytes = symbols.read('ruby_version', 32);
  if (bytes === undefined) return undefined;
  const [text = ''] = bytes.toString('latin1').split('\0');
  const dot = text.indexOf('.');
  const major = leadingNumber(text);
  const minor = dot < 0 ? undefined : leadingNumber(text.slice(dot + 1));
  return major === undefined || minor === undefined ? undefined : { major, minor };
}
