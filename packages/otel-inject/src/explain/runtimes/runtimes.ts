// SPDX-License-Identifier: Apache-2.0
// The runtimes in the order in which the library asks for them.
import type { Planning } from '../predict/planning.ts';
import { type Command, type Subject, UNKNOWN_COMMAND } from '../predict/subject.ts';
import type { InjectRuntime, InjectVerdict } from '../predict/verdicts.ts';
import { dotnetCommand, injectDotnet, isDotnet } from './dotnet.ts';
import { injectJvm, isJvm, javaVersionText, jvmCommand } from './jvm.ts';
import { injectNodejs, isNodejs, nodejsCommand, nodejsMajor } from './nodejs.ts';
import { injectPython, isPython, isPythonFutile, pythonCommand, pythonVersion } from './python.ts';
import { injectRuby, isRuby, rubyCommand, rubyVersion } from './ruby.ts';

export interface RuntimeModule {
  readonly id: InjectRuntime;
  readonly detect: (subject: Subject) => boolean;
  readonly command: (subject: Subject) => Command;
  /** Nothing could come of an injection, whatever is configured. */
  readonly isFutile: (subject: Subject) => boolean;
  readonly inject: (plan: Planning) => InjectVerdict;
  /** For people. */
  readonly version: (subject: Subject) => string | undefined;
}

const never = (): boolean => false;
const dotted = (v: { major: number; minor: number } | undefined): string | undefined =>
  v === undefined ? undefined : `${v.major}.${v.minor}`;

const MODULES: readonly RuntimeModule[] = [
  {
    id: 'jvm',
    detect: isJvm,
    command: jvmCommand,
    isFutile: never,
    inject: injectJvm,
    version: javaVersionText,
  },
  {
    id: 'nodejs',
    detect: isNodejs,
    command: nodejsCommand,
    isFutile: never,
    inject: injectNodejs,
    version: (subject) => nodejsMajor(subject)?.toString(),
  },
  {
    id: 'python',
    detect: isPython,
    command: pythonCommand,
    isFutile: isPythonFutile,
    inject: injectPython,
    version: (subject) => dotted(pythonVersion(subject)),
  },
  {
    id: 'ruby',
    detect: isRuby,
    command: rubyCommand,
    isFutile: never,
    inject: injectRuby,
    version: (subject) => dotted(rubyVersion(subject)),
  },
  {
    id: 'dotnet',
    detect: isDotnet,
    command: dotnetCommand,
    isFutile: never,
    inject: injectDotnet,
    version: () => undefined,
  },
];

const NONE: RuntimeModule = {
  id: 'none',
  detect: () => true,
  command: () => UNKNOWN_COMMAND,
  isFutile: never,
  inject: () => 'untouched',
  version: () => undefined,
};

/** What the library would take the program for. */
export function runtimeModule(subject: Subject): RuntimeModule {
  return MODULES.find((module) => module.detect(subject)) ?? NONE;
}
