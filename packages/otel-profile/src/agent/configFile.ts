// SPDX-License-Identifier: Apache-2.0
import { readFileSync, statSync } from 'node:fs';
import { usage } from '../config/usage.ts';
import { PROFILE_LIMITS } from '../limits.ts';

/** On a command line the negation of a flag; opentelemetry-ebpf-profiler has it as a setting. */
const NO_VERSION_CHECK = 'no-kernel-version-check';

/**
 * The settings in a YAML file: a mapping from names of flags.
 * @throws ToolError (exit 2) for a file that cannot be read, is no such mapping, or holds a name
 * that is no flag: a misspelt setting would silently not count.
 */
export async function readConfigFile(
  path: string,
  known: ReadonlySet<string>,
): Promise<Readonly<Record<string, unknown>>> {
  const text = readText(path);
  // Loaded only for those who have such a file.
  const { parseDocument } = await import('yaml');
  const document = parseDocument(text, { prettyErrors: true });
  const [error] = document.errors;
  if (error !== undefined) throw usage(`${path}: ${error.message.split('\n')[0]}`);
  const content: unknown = document.toJS({ maxAliasCount: 0 });
  if (content === null || content === undefined) return {};
  if (typeof content !== 'object' || Array.isArray(content)) {
    throw usage(`${path}: expected lines like "samples-per-second: 20"`);
  }
  for (const name of Object.keys(content)) {
    if (!known.has(name) && name !== NO_VERSION_CHECK) {
      throw usage(`${path}: ${name}: there is no such setting`);
    }
  }
  return content as Record<string, unknown>;
}

function readText(path: string): string {
  try {
    if (statSync(path).size > PROFILE_LIMITS.configBytes) throw usage(`${path}: is too large`);
    return readFileSync(path, 'utf8');
  } catch (error) {
    const errno = (error as NodeJS.ErrnoException).code;
    if (errno === 'USAGE' || errno === undefined) throw error;
    throw usage(`--config ${path}: cannot be read: ${errno}`);
  }
}
