// SPDX-License-Identifier: Apache-2.0
// Node.js: `--require PATH` in front of NODE_OPTIONS (native/injector/src/node.zig).
import type { ByteText } from '../../config/byteText.ts';
import { isAtLeast, textOf, versionOf } from '../../config/settings.ts';
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

const VARIABLE = 'NODE_OPTIONS';

const INFORMATIONAL = new Set(
  '-v --version -h --help --v8-options --completion-bash --prof-process'.split(' '),
);
const EVALUATING = new Set('-e --eval -p --print -pe'.split(' '));
const WITH_VALUE = new Set(
  `-r --require --import --loader --experimental-loader -C --conditions --env-file
  --env-file-if-exists --title --input-type --icu-data-dir --openssl-config
  --redirect-warnings`.split(/\s+/),
);

/** By symbol and name: Electron programs export node::Start too and refuse --require. */
export function isNodejs(subject: Subject): boolean {
  return subject.symbols.has('_ZN4node5StartEiPPc') && isNamed(subject, ['node', 'nodejs']);
}

export function nodejsCommand({ argv }: Subject): Command {
  for (let i = 1; i < argv.length; i++) {
    const argument = argv[i]!;
    if (INFORMATIONAL.has(argument)) return commandOf('informational');
    if (EVALUATING.has(argument) || argument.startsWith('--eval=')) {
      return commandOf('evaluate', '', i);
    }
    if (argument === '--') {
      const next = argv[i + 1];
      return next === undefined ? UNKNOWN_COMMAND : commandOf('program', next, i + 2);
    }
    if (argument === '' || argument === '-') return commandOf('unknown', '', i);
    if (argument[0] !== '-') return commandOf('program', argument, i + 1);
    if (WITH_VALUE.has(argument)) i++;
  }
  return UNKNOWN_COMMAND;
}

export function injectNodejs(plan: Planning): InjectVerdict {
  const { subject, env, settings } = plan;
  const agent = textOf(settings, 'nodejs_auto_instrumentation_agent_path');
  if (agent === '') return 'no_agent';
  if (agent.includes('\n')) return 'path_not_expressible';
  const major = nodejsMajor(subject);
  const minimum = versionOf(settings, 'nodejs_auto_instrumentation_minimum_nodejs_major_version');
  if (major !== undefined && !isAtLeast({ major, minor: 0 }, minimum)) {
    plan.notes.push(`it is Node.js ${major}; the minimum is ${minimum.major}`);
    return 'version_too_old';
  }
  const onLine = judge(ownArguments(subject, nodejsCommand(subject)), agent);
  if (onLine !== undefined) return onLine;
  const inVariable = judge(splitNodeOptions(env.get(VARIABLE) ?? ''), agent);
  if (inVariable !== undefined) return inVariable;
  const problem = whyFileUnusable(subject, agent, 1);
  if (problem !== undefined) {
    plan.notes.push(problem);
    return 'agent_unusable';
  }
  const reason = 'loads the Node.js agent before the program';
  return plan.prepend(VARIABLE, optionOf(agent), ' ', reason) ? 'injected' : 'out_of_memory';
}

function judge(options: readonly ByteText[], agent: ByteText): InjectVerdict | undefined {
  let isValue = false;
  for (const option of options) {
    let module: ByteText | undefined;
    if (isValue) module = option;
    // Under the permission model the agent may not read its own files.
    else if (option === '--permission' || option === '--experimental-permission') {
      return 'incompatible_options';
    } else module = /^--(?:require|import)=(.*)$/s.exec(option)?.[1];
    isValue = !isValue && ['-r', '--require', '--import'].includes(option);
    if (module === undefined) continue;
    if (module === agent) return 'already_injected';
    if (module.startsWith('@opentelemetry/auto-instrumentations-node')) return 'other_agent';
    if (module.includes('/otel-auto-instrumentation')) return 'other_agent';
  }
  return undefined;
}

/** Inside double quotes a backslash escapes (node_options.cc, ParseNodeOptionsEnvVar). */
function optionOf(agent: ByteText): ByteText {
  if (!/[ "]/.test(agent)) return `--require ${agent}`;
  return `--require "${agent.replace(/["\\]/g, '\\$&')}"`;
}

/** Options without their quotes, split as Node.js does it. */
export function splitNodeOptions(value: ByteText): ByteText[] {
  const options: ByteText[] = [];
  let i = 0;
  for (;;) {
    while (value[i] === ' ') i++;
    if (i >= value.length) return options;
    let out = '';
    let isQuoted = false;
    for (; i < value.length && (isQuoted || value[i] !== ' '); i++) {
      if (value[i] === '"') {
        isQuoted = !isQuoted;
        continue;
      }
      if (isQuoted && value[i] === '\\' && i + 1 < value.length) i++;
      out += value[i]!;
    }
    options.push(out);
  }
}

/** First V8 of each line of Node.js (nodejs.org/dist/index.json). */
const V8_LINES: readonly (readonly [major: number, minor: number, nodeMajor: number])[] = [
  [13, 6, 24],
  [12, 8, 23],
  [12, 4, 22],
  [11, 8, 21],
  [11, 3, 20],
  [10, 7, 19],
  [10, 1, 18],
  [9, 5, 17],
  [9, 0, 16],
  [8, 6, 15],
  [8, 1, 14],
];

/** Major version of Node.js by its V8; undefined when that is not exported. */
export function nodejsMajor({ symbols }: Subject): number | undefined {
  const major = symbols.read('_ZN2v88internal7Version6major_E', 4)?.readUInt32LE();
  const minor = symbols.read('_ZN2v88internal7Version6minor_E', 4)?.readUInt32LE();
  if (major === undefined || minor === undefined) return undefined;
  for (const [atMajor, atMinor, node] of V8_LINES) {
    if (major > atMajor || (major === atMajor && minor >= atMinor)) return node;
  }
  return 12;
}
