// SPDX-License-Identifier: Apache-2.0
import { ExitCode, type Invocation, printable, ToolError } from '@otelkit/cli-kit';
import { ownEnvironment } from '../explain/launch/surroundings.ts';
import { Environment } from '../explain/predict/environment.ts';
import { fromByteText, toByteText } from './byteText.ts';
import { editText } from './edit.ts';
import { findKey, KEY_NAMES, KEYS, type KeySpec } from './keys.ts';
import { INJECT_LIMITS } from './limits.ts';
import { nearest } from './nearest.ts';
import { type ConfigPlaces, configPlaces } from './places.ts';
import { readText } from './readText.ts';
import { renderFinding, renderSettings, type ShownSetting } from './render.ts';
import { replaceFile } from './replaceFile.ts';
import {
  type LoadedConfig,
  loadSettings,
  originText,
  parseSettings,
  parseVersion,
} from './settings.ts';
import type { ConfigFlags } from './spec.ts';
import { validateConfig } from './validate.ts';

export async function run(invocation: Invocation<ConfigFlags>): Promise<ExitCode> {
  const { args, flags, cwd } = invocation;
  const [action, ...rest] = args;
  const places = configPlaces(flags.root, flags['config-file'], cwd);
  if (action === 'get') return get(rest, places, invocation);
  return action === 'set' ? set(rest, places, invocation) : validate(rest, places, invocation);
}

/** Variables of this shell count for the host's own configuration only. */
function load(places: ConfigPlaces, isEnvironmentUsed: boolean): LoadedConfig {
  const env = new Environment(isEnvironmentUsed ? ownEnvironment() : []);
  return loadSettings(places, (name) => env.get(name));
}

async function get(
  rest: readonly string[],
  places: ConfigPlaces,
  { output, flags }: Invocation<ConfigFlags>,
): Promise<ExitCode> {
  const keys = rest.length === 0 ? KEYS : rest.map(knownKey);
  const config = load(places, flags.root === undefined && flags['config-file'] === undefined);
  const shown = keys.map((key) => shownSetting(key, config));
  output.member('files', config.files);
  if (output.mode === 'text') await output.say((context) => renderSettings(shown, context));
  else for (const setting of shown) await output.emit({ json: () => setting, text: () => '' });
  if (config.untrusted !== undefined) {
    output.note(`nothing is injected with this configuration: ${printable(config.untrusted)}`);
    output.fail(ExitCode.negative);
  }
  return output.exitCode();
}

function shownSetting(key: KeySpec, { settings }: LoadedConfig): ShownSetting {
  // The library tries the latest line first; people read them in order.
  const values = settings[key.name].toReversed();
  return {
    key: key.name,
    value: values.map(({ text }) => fromByteText(text)).join(','),
    from: values.length === 0 ? ['built in'] : values.map(({ origin }) => originText(origin)),
  };
}

function knownKey(name: string): KeySpec {
  const key = findKey(name);
  if (key !== undefined) return key;
  const meant = nearest(name, KEY_NAMES);
  throw new ToolError(`there is no key ${name}`, {
    code: 'USAGE',
    exitCode: ExitCode.usage,
    hint: meant === undefined ? 'otel-inject config get lists them' : `did you mean ${meant}?`,
  });
}

async function set(
  rest: readonly string[],
  places: ConfigPlaces,
  { output }: Invocation<ConfigFlags>,
): Promise<ExitCode> {
  const [name, value] = rest;
  if (name === undefined || value === undefined || rest.length > 2) {
    const hint = 'otel-inject config set KEY VALUE, the value in quotes where it holds blanks';
    throw new ToolError('set needs a key and one value', { code: 'USAGE', exitCode: 2, hint });
  }
  const key = knownKey(name);
  checkNewValue(key, value);
  const target = fileToChange(key, places);
  const path = places.pathOf(target);
  const old = readText(path, INJECT_LIMITS.configBytes);
  if (old.kind === 'unreadable') {
    throw new ToolError(`cannot be read: ${old.why}`, { code: 'UNREADABLE', exitCode: 4, path });
  }
  const before = old.kind === 'bytes' ? old.source : '';
  const after = editText(before, key, toByteText(value));
  const isChanged = after !== before;
  if (isChanged) replaceFile(path, Buffer.from(after, 'latin1'));
  const shown = fromByteText(target);
  await output.emit({
    json: () => ({ key: key.name, value, file: shown, isChanged }),
    text: () =>
      `${printable(shown)}: ${key.name} ${isChanged ? 'is now' : 'is already'} ${printable(value) || '(empty)'}\n`,
  });
  const others = load(places, false).settings[key.name].filter(
    ({ origin }) => origin.kind === 'file' && origin.path !== shown,
  );
  if (key.kind === 'patterns' && others.length > 0) {
    output.note(
      `patterns of ${printable(others.map(({ origin }) => originText(origin)).join(', '))} count as well`,
    );
  }
  return output.exitCode();
}

/** The last file that sets the key, since an earlier one would have no effect; else the first. */
function fileToChange(key: KeySpec, places: ConfigPlaces): string {
  if (key.kind === 'patterns') return places.file;
  const origin = load(places, false).settings[key.name][0]?.origin;
  return origin?.kind === 'file' ? toByteText(origin.path) : places.file;
}

function checkNewValue(key: KeySpec, value: string): void {
  const refuse = (message: string, hint: string): never => {
    throw new ToolError(message, { code: 'USAGE', exitCode: ExitCode.usage, hint });
  };
  if (/[\n\0]/.test(value)) refuse('a value is one line', 'leave the line break out');
  if (key.kind === 'version' && parseVersion(value) === undefined) {
    refuse(`${value} is no version`, 'write a number such as 18 or 3.9');
  }
  if (key.kind === 'boolean' && !/^(?:true|false|t|f|yes|no|on|off|1|0)$/i.test(value)) {
    refuse(`${value} is neither true nor false`, 'write true or false');
  }
  // What the parser would not give back must not be written.
  const text = editText('', key, toByteText(value));
  if (parseSettings(text, '').problems.length > 0) refuse('the value cannot be written', '');
}

async function validate(
  rest: readonly string[],
  places: ConfigPlaces,
  { output }: Invocation<ConfigFlags>,
): Promise<ExitCode> {
  if (rest.length > 0) {
    const hint = 'otel-inject config validate --config-file FILE checks another file';
    throw new ToolError('validate takes no key', { code: 'USAGE', exitCode: 2, hint });
  }
  const config = load(places, false);
  const findings = validateConfig(config, places);
  output.member('files', config.files);
  for (const finding of findings) {
    await output.emit({
      key: 'findings',
      json: () => finding,
      text: (context) => renderFinding(finding, context),
    });
  }
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const read = config.files.filter(({ state }) => state === 'read').length;
  await output.say(({ style }) => {
    const verdict = errors === 0 ? style.good('valid') : style.bad(`${errors} wrong`);
    return `${verdict}: ${read} ${read === 1 ? 'file' : 'files'} read, ${findings.length - errors} warnings\n`;
  });
  if (errors > 0) output.fail(ExitCode.negative);
  return output.exitCode();
}
