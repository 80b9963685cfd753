// SPDX-License-Identifier: Apache-2.0
// What a runtime's file decides with, and the three ways in which it may change the environment
// (native/injector/src/context.zig). Each change is kept with its reason.
import type { ByteText } from '../../config/byteText.ts';
import type { Settings } from '../../config/settings.ts';
import type { AppliedEntry, AppliedOp } from './applied.ts';
import type { Environment } from './environment.ts';
import type { Subject } from './subject.ts';

export interface Change {
  readonly op: AppliedOp;
  readonly name: ByteText;
  readonly reason: string;
}

export class Planning {
  readonly subject: Subject;
  readonly env: Environment;
  readonly settings: Settings;
  readonly libc: 'glibc' | 'musl';
  readonly applied: AppliedEntry[] = [];
  readonly changes: Change[] = [];
  /** What was looked at on the way, for people. */
  readonly notes: string[] = [];

  constructor(subject: Subject, env: Environment, settings: Settings, libc: 'glibc' | 'musl') {
    this.subject = subject;
    this.env = env;
    this.settings = settings;
    this.libc = libc;
  }

  /** `piece` in front of the value, joined by `separator` where there is one already. */
  prepend(name: ByteText, piece: ByteText, separator: string, reason: string): boolean {
    const old = this.env.get(name);
    const data = piece + (old ? separator : '');
    if (!this.env.set(name, data + (old ?? ''))) return false;
    return this.#note('p', old !== undefined, name, data, reason);
  }

  /** `piece` behind the value. */
  append(name: ByteText, piece: ByteText, separator: string, reason: string): boolean {
    const old = this.env.get(name);
    const data = (old && !old.endsWith(separator) ? separator : '') + piece;
    if (!this.env.set(name, (old ?? '') + data)) return false;
    return this.#note('a', old !== undefined, name, data, reason);
  }

  /** A variable that was not there. */
  create(name: ByteText, value: ByteText, reason: string): boolean {
    if (!this.env.set(name, value)) return false;
    return this.#note('s', false, name, value, reason);
  }

  #note(op: AppliedOp, existed: boolean, name: ByteText, data: ByteText, reason: string): true {
    this.applied.push({ op, existed, name, data });
    this.changes.push({ op, name, reason });
    return true;
  }
}
