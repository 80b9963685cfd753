// SPDX-License-Identifier: Apache-2.0

/** Bounds on what is fetched, copied, listed and checked. */
export const AGENT_LIMITS: {
  /** Files and links of one agent; the Node.js one has about 6,200. */
  readonly files: number;
  /** All files of one agent together; the largest known is .NET's with 400 MB. */
  readonly bytes: number;
  /** Directories below one another. */
  readonly depth: number;
  /** One run of a package client. Its own time limits for a single transfer are shorter. */
  readonly clientMs: number;
  /** What is kept of a client's last words. */
  readonly clientOutputBytes: number;
  /** Problems that `verify` names for one agent; the rest are counted. */
  readonly problems: number;
  /** The file that says what was installed. */
  readonly manifestBytes: number;
  /** Python interpreters that bytecode is made for. */
  readonly interpreters: number;
} = {
  files: 200_000,
  bytes: 4 * 2 ** 30,
  depth: 64,
  clientMs: 15 * 60_000,
  clientOutputBytes: 4096,
  problems: 20,
  manifestBytes: 64 * 2 ** 20,
  interpreters: 8,
};
