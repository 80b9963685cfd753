// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { stripComments } from './sourceText.mjs';

/** Not looked into where there is no git to say what is ignored. */
const UNTRACKED_FOLDERS =
  /^(\.git|node_modules|dist|\.toolchain|\.turbo|\.cache|coverage|test-results|zig-out|\.zig-cache)$/;

/**
 * The files that are, or are about to be, committed. Texts are read once, on demand.
 */
export class Repository {
  /** @param {string} root */
  constructor(root) {
    this.root = root;
    /** @type {string[]} relative to the root, `/` between folders, sorted */
    this.paths = (listByGit(root) ?? listByWalking(root, '')).sort();
    /** @type {Map<string, Buffer>} */
    this.contents = new Map();
    /** @type {Map<string, string>} */
    this.codes = new Map();
  }

  /**
   * @param {string} path
   * @returns {Buffer}
   */
  bytes(path) {
    const known = this.contents.get(path);
    if (known !== undefined) return known;
    const bytes = readFileSync(join(this.root, path));
    this.contents.set(path, bytes);
    return bytes;
  }

  /** @param {string} path */
  text(path) {
    return this.bytes(path).toString('utf8');
  }

  /** @param {string} path */
  lines(path) {
    return this.text(path).split('\n');
  }

  /**
   * TypeScript or JavaScript without its comments; line numbers stay.
   * @param {string} path
   */
  code(path) {
    const known = this.codes.get(path);
    if (known !== undefined) return known;
    const code = stripComments(this.text(path));
    this.codes.set(path, code);
    return code;
  }

  /** @param {RegExp} pattern */
  matching(pattern) {
    return this.paths.filter((path) => pattern.test(path));
  }

  /**
   * @returns {{ path: string, folder: string, manifest: any }[]} every package.json
   */
  manifests() {
    return this.matching(/(^|\/)package\.json$/).map((path) => ({
      path,
      folder: path.slice(0, -'package.json'.length).replace(/\/$/, ''),
      manifest: JSON.parse(this.text(path)),
    }));
  }
}

/**
 * @param {string} root
 * @returns {string[] | undefined} undefined outside a git checkout
 */
function listByGit(root) {
  if (!existsSync(join(root, '.git'))) return undefined;
  const args = ['-C', root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const result = spawnSync('git', args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (result.error !== undefined || result.status !== 0) return undefined;
  const paths = [...new Set(result.stdout.split('\0'))];
  return paths.filter((path) => path !== '' && isFile(join(root, path)));
}

/**
 * @param {string} root
 * @param {string} folder
 * @returns {string[]}
 */
function listByWalking(root, folder) {
  const paths = [];
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      if (!UNTRACKED_FOLDERS.test(entry.name)) paths.push(...listByWalking(root, path));
    } else if (entry.isFile()) {
      paths.push(path);
    }
  }
  return paths;
}

/** @param {string} path */
function isFile(path) {
  try {
    return statSync(path).isFile();
  } catch {
    // Deleted but not yet committed.
    return false;
  }
}
