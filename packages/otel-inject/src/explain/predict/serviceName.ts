// SPDX-License-Identifier: Apache-2.0
// A name for the service where nothing says one: the systemd unit whose main process this is, else
// what the command line runs (native/injector/src/service_name.zig).
import { type ByteText, basename, dirname, wholeNumber } from '../../config/byteText.ts';
import type { Planning } from './planning.ts';
import type { Command } from './subject.ts';
import type { InjectRuntime } from './verdicts.ts';

const GENERIC = new Set(
  `index main app server start run cli www web api service worker wsgi asgi manage __main__
  bin dist build src lib out current release releases public opt srv home usr root tmp code
  workspace site`.split(/\s+/),
);
const LAUNCHERS = new Set(
  `gunicorn uvicorn hypercorn daphne waitress-serve celery flask uwsgi streamlit fastapi
  puma unicorn rails rackup sidekiq rake bundle passenger thin ts-node tsx nodemon pm2 next nuxt
  vite`.split(/\s+/),
);

export interface DerivedName {
  readonly name: ByteText;
  readonly from: 'unit' | 'command';
}

export function deriveServiceName(
  plan: Planning,
  runtime: InjectRuntime,
  command: Command,
): DerivedName | undefined {
  // The Java agent reads a jar's manifest and Spring's configuration: it knows better.
  if (runtime === 'jvm' && command.kind === 'program') return undefined;
  const unit = unitName(plan);
  if (unit !== undefined) return { name: unit, from: 'unit' };
  const name =
    command.kind === 'program'
      ? programName(plan, command)
      : command.kind === 'module'
        ? moduleName(plan, runtime, command)
        : undefined;
  return name === undefined ? undefined : { name, from: 'command' };
}

/** A script by its name, or by its folder's when the name says nothing. */
function programName(plan: Planning, command: Command): ByteText | undefined {
  const name = stem(basename(command.program));
  if (LAUNCHERS.has(name)) return applicationName(plan, command);
  if (isTelling(name)) return name;
  const folder = dirname(command.program);
  return folderName(folder === '' || folder[0] === '.' ? plan.env.nonEmpty('PWD') : folder);
}

function moduleName(
  plan: Planning,
  runtime: InjectRuntime,
  command: Command,
): ByteText | undefined {
  const { program } = command;
  if (runtime === 'jvm') return program.slice(program.lastIndexOf('.') + 1) || undefined;
  const name = program.split('.')[0]!;
  if (LAUNCHERS.has(name)) return applicationName(plan, command);
  return isTelling(name) ? name : folderName(plan.env.nonEmpty('PWD'));
}

/** `gunicorn shop.wsgi:application` is shop; else the folder it runs in. */
function applicationName(plan: Planning, { rest }: Command): ByteText | undefined {
  for (const argument of plan.subject.argv.slice(rest)) {
    const colon = argument.indexOf(':');
    if (colon < 0) continue;
    if (!isDotted(argument.slice(0, colon)) || !isDotted(argument.slice(colon + 1))) continue;
    const dot = argument.indexOf('.');
    // A dot behind the colon only: the library takes that for no module.
    if (dot > colon) continue;
    const module = argument.slice(0, dot < 0 ? colon : dot);
    if (isTelling(module)) return module;
  }
  return folderName(plan.env.nonEmpty('PWD'));
}

function isDotted(text: ByteText): boolean {
  return /^[A-Za-z_.][A-Za-z0-9_.]*$/.test(text);
}

/** The nearest folder with a telling name, two levels up at most. */
function folderName(path: ByteText | undefined): ByteText | undefined {
  let folder = path;
  for (let level = 0; folder !== undefined && level < 3; level++) {
    const name = basename(folder);
    if (isTelling(name)) return name;
    folder = dirname(folder);
  }
  return undefined;
}

function isTelling(name: ByteText): boolean {
  return name.length > 1 && name[0] !== '.' && !GENERIC.has(name);
}

function stem(file: ByteText): ByteText {
  const dot = file.lastIndexOf('.');
  return dot <= 0 ? file : file.slice(0, dot);
}

/** Only for the main process: systemd tells its number (SYSTEMD_EXEC_PID). */
function unitName({ env, subject }: Planning): ByteText | undefined {
  const pid = wholeNumber(env.nonEmpty('SYSTEMD_EXEC_PID') ?? '');
  if (pid === undefined || pid !== subject.pid) return undefined;
  const text = subject.cgroup?.();
  return text === undefined ? undefined : unitIn(text);
}

/** From "0::/system.slice/shop.service" or the "name=systemd" line of cgroup v1. */
export function unitIn(cgroups: ByteText): ByteText | undefined {
  for (const line of cgroups.split('\n')) {
    const marker = ':name=systemd:';
    const at = line.indexOf(marker);
    const path = line.startsWith('0::')
      ? line.slice(3)
      : at < 0
        ? undefined
        : line.slice(at + marker.length);
    const unit = path?.split('/').findLast((part) => part.endsWith('.service'));
    if (unit === undefined) continue;
    const name = unit.slice(0, -'.service'.length);
    if (name.startsWith('user@') || name.startsWith('run-')) return undefined;
    return unescapeUnit(name.split('@')[0]!);
  }
  return undefined;
}

/** systemd writes '-' and others as \x2d. */
function unescapeUnit(name: ByteText): ByteText | undefined {
  let out = '';
  for (let i = 0; i < name.length; i++) {
    if (name[i] !== '\\' || i + 3 >= name.length || name[i + 1] !== 'x') {
      out += name[i]!;
      continue;
    }
    const hex = name.slice(i + 2, i + 4);
    if (!/^[0-9a-f]{2}$/.test(hex)) return undefined;
    out += String.fromCharCode(Number.parseInt(hex, 16));
    i += 3;
  }
  return out || undefined;
}
