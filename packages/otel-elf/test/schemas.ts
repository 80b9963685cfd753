// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';

/** Fails with the first differences unless the document is as docs/schema says. */
export function assertMatchesSchema(document: unknown, name: string): void {
  const ajv = new Ajv2020({ allErrors: false, allowUnionTypes: true });
  // The inventory of processes refers to the files of a scan.
  ajv.addSchema(readSchema('scan'), 'scan.schema.json');
  const validate = ajv.compile(readSchema(name));
  const isValid = validate(document);
  assert.ok(isValid, ajv.errorsText(validate.errors));
}

function readSchema(name: string): object {
  const url = new URL(`../../../docs/schema/${name}.schema.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8'));
}
