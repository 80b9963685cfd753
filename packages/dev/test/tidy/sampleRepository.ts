// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { formatFinding, RULES, runTidy } from '../../src/tidy/tidy.mjs';

/** Path → text of the files that a sample repository holds. */
export type Files = Record<string, string | Uint8Array>;

const SPDX = '// SPDX-License-Identifier: Apache-2.0\n';

/** Small, and clean under every rule: each test spoils one thing in it. */
export const CLEAN: Files = {
  'package.json': '{ "name": "sample", "devDependencies": { "mocha": "12.0.3" } }\n',
  'docs/dependencies.md': 'Uses `mocha` for tests, `elfy` for headers.\n',
  'packages/core/package.json':
    '{ "name": "@otelkit/core",\n "dependencies": { "elfy": "1.0.0" } }\n',
  'packages/core/src/index.ts': `${SPDX}export { parse } from './parse.ts';\n`,
  'packages/core/src/parse.ts': `${SPDX}export function parse(): void {}\n`,
  'packages/otel-elf/package.json':
    '{ "name": "otel-elf", "dependencies": { "@otelkit/core": "workspace:*" } }\n',
  'packages/otel-elf/src/inspect.ts': `${SPDX}import { parse } from '@otelkit/core';\nparse();\n`,
  'packages/otel-go/package.json': '{ "name": "otel-go" }\n',
  'packages/dev/package.json': '{ "name": "@otelkit/dev" }\n',
  'bpf/profile.bpf.c': '// SPDX-License-Identifier: GPL-2.0-only\nint license;\n',
  'native/run.sh': '#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\ntrue\n',
};

export const withLicence = (text: string): string => SPDX + text;

/** Runs one rule, or all of them, on CLEAN with `changes`; gives `file:line: message` of each finding. */
export function findingsOf(changes: Files, ruleName?: string): string[] {
  const root = mkdtempSync(join(tmpdir(), 'otelkit-tidy-'));
  try {
    for (const [path, content] of Object.entries({ ...CLEAN, ...changes })) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    }
    const rules = RULES.filter((rule) => ruleName === undefined || rule.name === ruleName);
    return runTidy(root, rules).flatMap(({ findings }) => findings.map(formatFinding));
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
