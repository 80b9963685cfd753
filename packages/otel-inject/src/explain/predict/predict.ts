// SPDX-License-Identifier: Apache-2.0
// What the library does in a process that it is loaded into: the same story as
// native/injector/src/root.zig tells, with the reasons kept. Tests compare the two.
import type { ByteText } from '../../config/byteText.ts';
import { filterDecision, ruleText } from '../../config/filters.ts';
import { DEFAULT_CONFIG_DIRECTORY, DEFAULT_CONFIG_FILE } from '../../config/keys.ts';
import { INJECT_LIMITS } from '../../config/limits.ts';
import { isTrue, parseLines } from '../../config/parseLines.ts';
import { readText } from '../../config/readText.ts';
import {
  booleanOf,
  disabledBy,
  environmentSettings,
  type LoadedConfig,
  loadSettings,
  originText,
  type Settings,
  textOf,
} from '../../config/settings.ts';
import { runtimeModule } from '../runtimes/runtimes.ts';
import { APPLIED, formatApplied, parseApplied, undoApplied } from './applied.ts';
import { denyEntry } from './deny.ts';
import { Environment } from './environment.ts';
import { type Change, Planning } from './planning.ts';
import { addAttributes, hasServiceName, isAttributeRequest } from './resource.ts';
import { deriveServiceName } from './serviceName.ts';
import type { Command, Subject } from './subject.ts';
import type { InjectRuntime, InjectVerdict } from './verdicts.ts';

export interface Prediction {
  readonly runtime: InjectRuntime;
  readonly verdict: InjectVerdict;
  /** What decided it, beyond the verdict's own text. */
  readonly notes: readonly string[];
  /** The environment that the program sees. */
  readonly after: readonly ByteText[];
  /** Additions, each with its reason; what a parent had added is in `removed`. */
  readonly changes: readonly Change[];
  /** Variables that lose what an injected parent had added. */
  readonly removed: readonly ByteText[];
  /** The configuration, where the library reads it. */
  readonly config: LoadedConfig | undefined;
  readonly serviceName: ByteText | undefined;
}

interface Seen {
  isInherited: boolean;
  hasRequests: boolean;
  isDisabled: boolean;
}

/** @param environment entries as the program is started with them, in order */
export function predict(subject: Subject, environment: readonly ByteText[]): Prediction {
  const identity = subject.symbols.identity('__environ');
  const seen = look(environment);
  const runtime = runtimeModule(subject);
  const unchanged = {
    runtime: runtime.id,
    notes: [],
    after: environment,
    changes: [],
    removed: [],
    config: undefined,
    serviceName: undefined,
  };
  if (identity === undefined || identity !== subject.symbols.identity('environ')) {
    const note = 'the library finds no C library of its own kind in it, and stands down';
    return { ...unchanged, verdict: 'untouched', notes: [note] };
  }
  if (environment.length >= INJECT_LIMITS.envEntries) {
    return { ...unchanged, verdict: 'untouched', notes: ['its environment is absurdly large'] };
  }
  const command = runtime.command(subject);
  const pointless = runtime.isFutile(subject)
    ? 'incompatible_options'
    : command.kind === 'informational'
      ? 'informational'
      : undefined;
  const isActive =
    !seen.isDisabled && (runtime.id === 'none' ? seen.hasRequests : pointless === undefined);
  if (isActive) return change(subject, environment, runtime.id, command);
  const why: InjectVerdict = seen.isDisabled ? 'disabled' : (pointless ?? 'untouched');
  if (!seen.isInherited) return { ...unchanged, verdict: why };
  const env = new Environment(environment);
  const removed = removedNames(env);
  undoApplied(env);
  return { ...unchanged, verdict: 'parent_removed', after: env.entries, removed };
}

/** One pass for the library's own variables; of a name the first counts, as for getenv(3). */
function look(environment: readonly ByteText[]): Seen {
  const seen: Seen = { isInherited: false, hasRequests: false, isDisabled: false };
  let hasSwitch = false;
  for (const entry of environment) {
    const equals = entry.indexOf('=');
    if (equals < 0 || !entry.startsWith('OTEL_INJECTOR_')) continue;
    const name = entry.slice(0, equals);
    const value = entry.slice(equals + 1);
    if (name === APPLIED) seen.isInherited = true;
    if (name === 'OTEL_INJECTOR_DISABLED' && !hasSwitch) {
      hasSwitch = true;
      seen.isDisabled = isTrue(value);
    }
    if (value !== '' && isAttributeRequest(name)) seen.hasRequests = true;
  }
  return seen;
}

function removedNames(env: Environment): ByteText[] {
  const record = env.get(APPLIED);
  return record === undefined ? [] : [...new Set(parseApplied(record).map(({ name }) => name))];
}

interface Outcome {
  readonly verdict: InjectVerdict;
  readonly plan: Planning;
  readonly config: LoadedConfig | undefined;
  readonly serviceName: ByteText | undefined;
}

function change(
  subject: Subject,
  environment: readonly ByteText[],
  runtime: InjectRuntime,
  command: Command,
): Prediction {
  const undone = new Environment(environment);
  const removed = removedNames(undone);
  undoApplied(undone);
  const env = new Environment(undone.entries);
  const outcome = planFor(subject, env, runtime, command);
  const { plan, config, serviceName } = outcome;
  let { verdict } = outcome;
  const record = formatApplied(plan.applied);
  if (record !== '' && !env.hasFailed) {
    const isTooLong = record.length > INJECT_LIMITS.appliedBytes;
    if (isTooLong || !env.set(APPLIED, record)) verdict = 'out_of_memory';
  }
  const isDropped = env.hasFailed || verdict === 'out_of_memory';
  if (isDropped) verdict = 'out_of_memory';
  const after = isDropped ? undone.entries : env.entries;
  if (verdict === 'untouched' && undone.isChanged) verdict = 'parent_removed';
  const changes = isDropped ? [] : plan.changes;
  return { runtime, verdict, notes: plan.notes, after, changes, removed, config, serviceName };
}

function planFor(
  subject: Subject,
  env: Environment,
  runtime: InjectRuntime,
  command: Command,
): Outcome {
  const { symbols } = subject;
  const isForeign = symbols.has('__uClibc_main') || symbols.has('__system_property_get');
  const libc = symbols.has('gnu_get_libc_version') ? 'glibc' : isForeign ? undefined : 'musl';
  const variable = (name: string): ByteText | undefined => env.get(name);
  const nothing = { config: undefined, serviceName: undefined };
  if (libc === undefined) {
    const plan = new Planning(subject, env, environmentSettings(variable), 'glibc');
    plan.notes.push('its C library is one that the library does not know');
    return { verdict: 'untouched', plan, ...nothing };
  }
  if (runtime === 'none') {
    // No configuration file is read for a program that is no known runtime.
    const plan = new Planning(subject, env, environmentSettings(variable), libc);
    if (isFilteredOut(plan)) return { verdict: 'excluded', plan, ...nothing };
    const isAdded = addAttributes(plan, undefined);
    return { verdict: isAdded ? 'attributes_only' : 'out_of_memory', plan, ...nothing };
  }
  const file = env.nonEmpty('OTEL_INJECTOR_CONFIG_FILE') ?? DEFAULT_CONFIG_FILE;
  const directory = env.nonEmpty('OTEL_INJECTOR_CONFIG_DIR') ?? DEFAULT_CONFIG_DIRECTORY;
  const config = loadSettings({ file, directory, pathOf: subject.pathOf }, variable);
  const plan = new Planning(subject, env, config.settings, libc);
  return { plan, config, ...planKnown(plan, config, runtime, command) };
}

type Decided = Pick<Outcome, 'verdict' | 'serviceName'>;

function planKnown(
  plan: Planning,
  config: LoadedConfig,
  runtime: Exclude<InjectRuntime, 'none'>,
  command: Command,
): Decided {
  const stop = (verdict: InjectVerdict): Decided => ({ verdict, serviceName: undefined });
  if (config.untrusted !== undefined) {
    plan.notes.push(config.untrusted);
    return stop('config_unreadable');
  }
  if (isFilteredOut(plan)) return stop('excluded');
  const { settings, subject } = plan;
  const denied = booleanOf(settings, 'builtin_deny_list')
    ? denyEntry(runtime, command, subject)
    : undefined;
  if (denied !== undefined) {
    plan.notes.push(`the entry is ${denied}; builtin_deny_list=false switches the list off`);
    return stop('denied');
  }
  const verdict = tryAgent(plan, runtime);
  const isThere = verdict === 'injected' || verdict === 'already_injected';
  if (verdict === 'runtime_disabled' || verdict === 'no_agent') {
    return stop(addAttributes(plan, undefined) ? verdict : 'out_of_memory');
  }
  if (!isThere) return stop(verdict);
  if (!addDefaults(plan)) return stop('out_of_memory');
  const wantsName = booleanOf(settings, 'service_name_detection') && !hasServiceName(plan.env);
  const derived = wantsName ? deriveServiceName(plan, runtime, command) : undefined;
  const serviceName = derived?.name;
  return { verdict: addAttributes(plan, serviceName) ? verdict : 'out_of_memory', serviceName };
}

function tryAgent(plan: Planning, runtime: Exclude<InjectRuntime, 'none'>): InjectVerdict {
  const entry = disabledBy(plan.settings, runtime);
  if (entry === undefined) return runtimeModule(plan.subject).inject(plan);
  const origin = plan.settings.auto_instrumentation_disabled[0]?.origin;
  plan.notes.push(`it says ${entry}${origin === undefined ? '' : ` (${originText(origin)})`}`);
  return 'runtime_disabled';
}

function isFilteredOut({ settings, subject, notes }: Planning): boolean {
  const decision = filterDecision(settings, { argv: subject.argv, path: () => pathFor(subject) });
  for (const rule of decision.rules) {
    if (rule.outcome === 'does-not-match' && rule.key.startsWith('exclude')) continue;
    notes.push(ruleText(rule));
  }
  return decision.isExcluded;
}

/** Under `ld.so program` the executable would be the loader: then the program's name. */
function pathFor({ isExplicitLoader, executable, argv }: Subject): ByteText | undefined {
  if (!isExplicitLoader) return executable;
  return argv[0]?.startsWith('/') ? argv[0] : undefined;
}

/** The agents' default environment: OTEL_* only, and never over what the application has. */
function addDefaults(plan: Planning): boolean {
  const path = textOf(plan.settings as Settings, 'all_auto_instrumentation_agents_env_path');
  if (path === '') return true;
  const text = readText(plan.subject.pathOf(path), INJECT_LIMITS.configBytes);
  if (text.kind !== 'bytes') {
    if (text.kind === 'unreadable') plan.notes.push(`${path} cannot be read: ${text.why}`);
    return true;
  }
  let count = 0;
  for (const line of parseLines(text.source)) {
    if (line.damage !== undefined || !isOtelName(line.key) || plan.env.has(line.key)) continue;
    if (++count > INJECT_LIMITS.envAdditions / 2) return false;
    const reason = `default of all agents (${path}:${line.number})`;
    if (!plan.create(line.key, line.value, reason)) return false;
  }
  return true;
}

function isOtelName(name: ByteText): boolean {
  return /^OTEL_[A-Za-z0-9_]*$/.test(name) && name !== APPLIED;
}
