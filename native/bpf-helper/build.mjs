#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Builds otel-bpf-helper, which embeds the objects of bpf/. usage: node build.mjs [--zig PATH] [--out DIR]
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildBpf } from '../../bpf/build.mjs';
import { buildGo } from '../go.mjs';
import { runBuildScript } from '../zig.mjs';

const here = dirname(fileURLToPath(import.meta.url));
/** The objects that the helper carries. */
const bpfLicence = [['the BPF programs', join(here, '../../bpf/LICENSE')]];

/** Builds for every machine; returns the paths. */
export function buildHelper({ zig, out = join(here, 'zig-out') } = {}) {
  buildBpf({ zig });
  return buildGo({ cwd: here, fileName: 'otel-bpf-helper', out, more: bpfLicence });
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  runBuildScript(buildHelper);
}
