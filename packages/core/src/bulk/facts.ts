// SPDX-License-Identifier: Apache-2.0
// What the resolver needs to know of a file, out of the record of native/elfscan.
import type { DynamicStrings } from '../deps/dynamicStrings.ts';
import type { LoaderFacts, ObjectHeader } from '../deps/sharedObject.ts';
import { FIELD } from './layout.ts';
import type { RecordView } from './recordView.ts';

const NOTHING: readonly never[] = [];

/** What a loader needs to know: strings of the dynamic array, the interpreter, the ABI. */
export function loaderFactsOf(record: RecordView): LoaderFacts {
  return {
    header: headerOf(record),
    strings: new OrdinaryStrings(record),
    interpreter: record.text(FIELD.interpreter) ?? undefined,
    hasDynamic: record.has(FIELD.hasDynamic),
    dlopen: NOTHING,
    diagnostics: NOTHING,
  };
}

// Classes: V8 makes a literal of more than six properties by a call of its runtime each time. With
// fields only declared, since each would be set twice.
class OrdinaryStrings implements DynamicStrings {
  declare readonly needed: readonly string[];
  declare readonly soname: string | undefined;
  declare readonly rpath: string | undefined;
  declare readonly runpath: string | undefined;
  declare readonly auxiliary: readonly string[];
  declare readonly filter: readonly string[];
  declare readonly audit: string | undefined;
  declare readonly depaudit: string | undefined;
  declare readonly config: string | undefined;
  declare readonly flags: number;
  declare readonly flags1: number;

  constructor(record: RecordView) {
    this.needed = neededOf(record);
    this.soname = record.text(FIELD.soname) ?? undefined;
    this.rpath = record.text(FIELD.rpath) ?? undefined;
    this.runpath = record.text(FIELD.runpath) ?? undefined;
    this.auxiliary = NOTHING;
    this.filter = NOTHING;
    this.audit = undefined;
    this.depaudit = undefined;
    this.config = undefined;
    this.flags = record.word(FIELD.dynamicFlags);
    this.flags1 = record.word(FIELD.dynamicFlags1);
  }
}

let lastHeader: ObjectHeader | undefined;

/** Nearly all files of a host have the same. */
function headerOf(record: RecordView): ObjectHeader {
  const elfType = record.word(FIELD.elfType);
  const machine = record.word(FIELD.machine);
  const flags = record.word(FIELD.flags);
  const isSame = lastHeader?.elfType === elfType && lastHeader.machine === machine;
  if (!isSame || lastHeader?.flags !== flags) {
    lastHeader = { class: 64, data: 'LE', elfType, machine, flags };
  }
  return lastHeader!;
}

function neededOf(record: RecordView): readonly string[] {
  const count = record.word(FIELD.neededCount);
  const names: string[] = [];
  for (let i = 0; i < count; i++) names.push(record.text(FIELD.needed + 2 * i) ?? '');
  return names;
}
