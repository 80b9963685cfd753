// SPDX-License-Identifier: Apache-2.0
// The page: files of a folder that the build made, read once. Without it a plain page says what the
// collector has, so that nobody looks at an empty window.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';

export interface PageFile {
  readonly type: string;
  readonly bytes: Buffer;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
};

/** The page is small; a folder that is something else is not read to its end. */
const MOST_FILES = 64;
const MOST_BYTES = 4_194_304;

const PLAIN = `<!doctype html><html lang="en"><meta charset="utf-8"><title>otel-profile</title>
<h1>otel-profile</h1><p>The collector runs, but the page was not built with it.
Its answers: <a href="/api/status">/api/status</a>, <a href="/api/top">/api/top</a>,
<a href="/api/export?format=folded">folded stacks</a>.</p></html>`;

/** Files by their path in the URL, `/` for the page itself. */
export function loadPage(folder: string | undefined): ReadonlyMap<string, PageFile> {
  const files = new Map<string, PageFile>();
  files.set('/', { type: TYPES['.html']!, bytes: Buffer.from(PLAIN) });
  if (folder === undefined) return files;
  let left = MOST_BYTES;
  const add = (path: string, url: string, depth: number): void => {
    for (const name of readdirSync(path).sort()) {
      const file = join(path, name);
      const stat = statSync(file);
      if (stat.isDirectory() && depth < 3) add(file, `${url}${name}/`, depth + 1);
      const type = TYPES[extname(name)];
      if (!stat.isFile() || type === undefined || files.size >= MOST_FILES) continue;
      left -= stat.size;
      if (left < 0) return;
      files.set(`${url}${name}`, { type, bytes: readFileSync(file) });
    }
  };
  try {
    add(folder, '/', 0);
  } catch {
    return files;
  }
  const index = files.get('/index.html');
  if (index !== undefined) files.set('/', index);
  return files;
}
