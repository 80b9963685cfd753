// SPDX-License-Identifier: Apache-2.0
// Java: `-javaagent:PATH` at the end of JAVA_TOOL_OPTIONS (native/injector/src/jvm.zig).
import {
  type ByteText,
  basename,
  dirname,
  fromByteText,
  isBlank,
  leadingNumber,
} from '../../config/byteText.ts';
import { INJECT_LIMITS } from '../../config/limits.ts';
import { readText } from '../../config/readText.ts';
import { textOf, versionOf } from '../../config/settings.ts';
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

const VARIABLE = 'JAVA_TOOL_OPTIONS';
/** An archive without members. */
const LEAST_JAR_BYTES = 22;
/** Java 8 ignores a longer variable as a whole, and options beyond that many. */
const JAVA_8_BYTES = 1023;
const JAVA_8_OPTIONS = 64;
/** What libjli has from Java 9 on. */
const JAVA_9_SYMBOL = 'JLI_AddArgsFromEnvVar';

const INFORMATIONAL = new Set(
  `-version --version -fullversion --full-version -help --help -h -? -X --help-extra
  --list-modules --describe-module -d --validate-modules --dry-run`.split(/\s+/),
);
const WITH_VALUE = new Set(
  `-cp -classpath --class-path -p --module-path --upgrade-module-path --add-modules
  --add-reads --add-exports --add-opens --limit-modules --patch-module --enable-native-access
  --source`.split(/\s+/),
);

export function isJvm(subject: Subject): boolean {
  const isLauncher = subject.symbols.has('JLI_Launch') && isNamed(subject, ['java']);
  return isLauncher || isNamed(subject, ['jsvc']);
}

export function jvmCommand(subject: Subject): Command {
  if (!isNamed(subject, ['java'])) return UNKNOWN_COMMAND;
  const { argv } = subject;
  for (let i = 1; i < argv.length; i++) {
    const argument = argv[i]!;
    if (argument === '' || argument[0] === '@') return UNKNOWN_COMMAND;
    if (argument[0] !== '-') return commandOf('module', argument, i + 1);
    if (INFORMATIONAL.has(argument)) return commandOf('informational');
    const next = argv[i + 1];
    if (argument === '-jar') {
      return next === undefined ? UNKNOWN_COMMAND : commandOf('program', next, i + 2);
    }
    if (argument === '-m' || argument === '--module') {
      if (next === undefined) return UNKNOWN_COMMAND;
      return commandOf('module', next.slice(next.indexOf('/') + 1), i + 2);
    }
    if (WITH_VALUE.has(argument)) i++;
  }
  return UNKNOWN_COMMAND;
}

export function injectJvm(plan: Planning): InjectVerdict {
  const { subject, env, settings } = plan;
  const agent = textOf(settings, 'jvm_auto_instrumentation_agent_path');
  if (agent === '') return 'no_agent';
  // The JVM cuts the path at '='; there is no escape.
  if (agent.includes('=') || agent.includes('\n')) return 'path_not_expressible';
  if (isOldLauncher(plan)) return 'version_too_old';
  const byLine = commandLineVerdict(subject, agent);
  if (byLine !== undefined) return byLine;
  for (const name of [VARIABLE, 'JDK_JAVA_OPTIONS', '_JAVA_OPTIONS']) {
    for (const option of splitJavaOptions(env.nonEmpty(name) ?? '')) {
      const verdict = agentVerdict(option, agent);
      if (verdict !== undefined) return verdict;
    }
  }
  const problem = whyFileUnusable(subject, agent, LEAST_JAR_BYTES);
  if (problem !== undefined) {
    plan.notes.push(problem);
    return 'agent_unusable';
  }
  const option = optionOf(agent);
  if (isBeyondJava8(env.get(VARIABLE) ?? '', option) && !subject.symbols.has(JAVA_9_SYMBOL)) {
    plan.notes.push(`with the agent ${VARIABLE} would be longer than Java 8 reads`);
    return 'path_not_expressible';
  }
  const reason = 'loads the Java agent; the options that were there come first';
  return plan.append(VARIABLE, option, ' ', reason) ? 'injected' : 'out_of_memory';
}

function commandLineVerdict(subject: Subject, agent: ByteText): InjectVerdict | undefined {
  for (const argument of ownArguments(subject, jvmCommand(subject))) {
    // Dumping a class data archive fails as soon as there is an agent.
    if (argument === '-Xshare:dump' || argument.startsWith('-XX:ArchiveClassesAtExit')) {
      return 'incompatible_options';
    }
    const verdict = agentVerdict(argument, agent);
    if (verdict !== undefined) return verdict;
  }
  return undefined;
}

function agentVerdict(option: ByteText, agent: ByteText): InjectVerdict | undefined {
  const prefix = '-javaagent:';
  if (!option.startsWith(prefix)) return undefined;
  const path = option.slice(prefix.length).split('=')[0]!;
  if (path === agent) return 'already_injected';
  if (basename(path).includes('opentelemetry-javaagent')) return 'other_agent';
  return path.includes('/otel-auto-instrumentation') ? 'other_agent' : undefined;
}

function isBeyondJava8(old: ByteText, option: ByteText): boolean {
  const isLong = old.length + 1 + option.length > JAVA_8_BYTES;
  return isLong || splitJavaOptions(old).length + 1 > JAVA_8_OPTIONS;
}

/** JDK 8 or older is known by what libjli lacks; a newer minimum needs the `release` file. */
function isOldLauncher(plan: Planning): boolean {
  const minimum = versionOf(
    plan.settings,
    'jvm_auto_instrumentation_minimum_java_major_version',
  ).major;
  if (minimum <= 8) return false;
  const isNine = plan.subject.symbols.has(JAVA_9_SYMBOL);
  if (!isNine || minimum === 9) {
    if (!isNine) plan.notes.push(`its launcher is of Java 8 or older; the minimum is ${minimum}`);
    return !isNine;
  }
  const version = releaseVersion(plan.subject);
  if (version !== undefined && version >= minimum) return false;
  const found = version === undefined ? 'its version cannot be read' : `it is Java ${version}`;
  plan.notes.push(`${found}; the minimum is ${minimum}`);
  return true;
}

function releaseVersion({ executable, pathOf }: Subject): number | undefined {
  if (executable === undefined) return undefined;
  const path = `${dirname(dirname(executable))}/release`;
  const text = readText(pathOf(path), INJECT_LIMITS.configBytes);
  if (text.kind !== 'bytes') return undefined;
  const key = 'JAVA_VERSION="';
  const at = text.source.indexOf(key);
  return at < 0 ? undefined : leadingNumber(text.source.slice(at + key.length));
}

/** As JAVA_TOOL_OPTIONS wants it: quotes of either kind protect, and there is no escape. */
function optionOf(agent: ByteText): ByteText {
  const quoted = agent.replace(/["' \t\r\n\v\f]/g, (c) => (c === '"' ? `'${c}'` : `"${c}"`));
  return `-javaagent:${quoted}`;
}

/** Options without their quotes, split as the JVM does it. */
export function splitJavaOptions(value: ByteText): ByteText[] {
  const options: ByteText[] = [];
  let i = 0;
  for (;;) {
    while (i < value.length && isBlank(value[i])) i++;
    if (i >= value.length) return options;
    let out = '';
    let quote = '';
    for (; i < value.length && (quote !== '' || !isBlank(value[i])); i++) {
      const c = value[i]!;
      if (quote === '' && (c === '"' || c === "'")) quote = c;
      else if (quote !== '' && c === quote) quote = '';
      else out += c;
    }
    options.push(out);
  }
}

/** For people. */
export function javaVersionText(subject: Subject): string | undefined {
  const version = releaseVersion(subject);
  return version === undefined ? undefined : fromByteText(String(version));
}
