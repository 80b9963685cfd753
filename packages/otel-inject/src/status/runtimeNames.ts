// SPDX-License-Identifier: Apache-2.0
import type { InjectRuntime } from '../explain/predict/verdicts.ts';

const BY_CORE_ID: Readonly<Record<string, InjectRuntime>> = {
  jvm: 'jvm',
  java: 'jvm',
  nodejs: 'nodejs',
  node: 'nodejs',
  cpython: 'python',
  python: 'python',
  ruby: 'ruby',
  dotnet: 'dotnet',
};

/** The library's name for a runtime that core recognised by other means. */
export function runtimeIdOf(coreId: string): InjectRuntime {
  return BY_CORE_ID[coreId] ?? 'none';
}
