// SPDX-License-Identifier: Apache-2.0
// What pin writes. go.mod is edited by the go command itself: its grammar and its formatting are
// go's, and it replaces the file in one step.

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ToolError } from '@otelkit/cli-kit';

const MODULE = 'otelkit.dev/go';
const VERSION = 'v0.1.0';
/** Relative to the module; a folder whose name begins with a dot is not in `./...`. */
const COPY = '.otelkit/go';
const TOOL_FILE = 'otel.tool.go';

/** `tools` is the build tag that such files have by custom; no build of go sets it. */
const TOOL_TEXT = `//go:build tools

// Package tools names what otel-go build weaves into this module. Packages with aspects of their
// own (otelkit*.yml beside their sources) are added here by a blank import.
package tools

import (
	_ "${MODULE}/boot"
)
`;

export interface PinChange {
  readonly action: 'write' | 'edit' | 'keep' | 'remove';
  /** Relative to the module's folder. */
  readonly path: string;
}

/** The folder of the go.mod in force. @throws ToolError where there is none */
export function moduleRoot(cwd: string): string {
  const file = go(['env', 'GOMOD'], cwd).trim();
  if (file === '' || file === '/dev/null' || file === 'NUL') {
    throw new ToolError('there is no go.mod here or in a folder above', {
      code: 'NO_MODULE',
      hint: 'go mod init NAME makes one; programs without a module are built by otel-go build as they are',
    });
  }
  return dirname(file);
}

/** What applyPin will do. */
export function plannedPin(root: string): readonly PinChange[] {
  const hasTool = existsSync(join(root, TOOL_FILE));
  return [
    { action: 'write', path: COPY },
    { action: 'edit', path: 'go.mod' },
    { action: hasTool ? 'keep' : 'write', path: TOOL_FILE },
  ];
}

/** Copies the runtime module from `source`, and names it in go.mod and otel.tool.go. */
export function applyPin(root: string, source: string): void {
  copyWhole(source, join(root, COPY));
  go(['mod', 'edit', `-require=${MODULE}@${VERSION}`, `-replace=${MODULE}=./${COPY}`], root);
  const tool = join(root, TOOL_FILE);
  if (!existsSync(tool)) writeFileSync(tool, TOOL_TEXT, { flag: 'wx' });
}

/** Takes out what applyPin wrote; an otel.tool.go that somebody has changed stays. */
export function applyRemoval(root: string): readonly PinChange[] {
  go(['mod', 'edit', `-droprequire=${MODULE}`, `-dropreplace=${MODULE}`], root);
  rmSync(join(root, COPY), { recursive: true, force: true });
  const tool = join(root, TOOL_FILE);
  const changed = existsSync(tool) && readFileSync(tool, 'utf8') !== TOOL_TEXT;
  if (!changed) rmSync(tool, { force: true });
  return [
    { action: 'remove', path: COPY },
    { action: 'edit', path: 'go.mod' },
    { action: changed ? 'keep' : 'remove', path: TOOL_FILE },
  ];
}

/** An interrupted copy must not look like a whole one: it is made beside its place. */
function copyWhole(from: string, to: string): void {
  const partial = `${to}.${process.pid}.part`;
  try {
    cpSync(from, partial, { recursive: true, filter: (path) => !path.endsWith('_test.go') });
    rmSync(to, { recursive: true, force: true });
    renameSync(partial, to);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

function go(args: readonly string[], cwd: string): string {
  const run = spawnSync('go', args, { cwd, encoding: 'utf8' });
  if (run.error !== undefined) {
    throw new ToolError(`cannot run go: ${run.error.message}`, {
      code: 'GO_MISSING',
      hint: 'install Go 1.22 or newer and put it on PATH',
    });
  }
  if (run.status !== 0) throw new ToolError(run.stderr.trim(), { code: 'GO_FAILED' });
  return run.stdout;
}
