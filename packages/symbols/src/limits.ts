// SPDX-License-Identifier: Apache-2.0
// What others can choose is bounded here, with the reason for the number (plain literals: isolated
// declarations infer nothing else).

export const SYMBOL_LIMITS = {
  /** A name longer than this is cut: C++ templates reach some 10 KB, readers of profiles do not. */
  nameBytes: 16_384,
  /** Memory of the demangler, in pages of 64 KiB; it starts with 18. Names of 16 KB need 4 more. */
  demanglerPages: 64,
  /** Names that fail for want of memory: nobody but an attacker has one. Then none is tried. */
  demanglerFailures: 16,
  /** A separate debug file whose checksum is computed; with a build ID none is. */
  debugFileCrcBytes: 1_073_741_824,
  /**
   * A symbol table is read once for each set of addresses; after so many times it is sorted instead,
   * which costs as much as some fifty passes.
   */
  scansPerTable: 48,
  /** Functions inside one another that one pass may look at; a real file has no hundred of them. */
  scanSteps: 4_194_304,
  /** Bytes of .plt, .plt.sec, .plt.got and .iplt that are decoded, and stubs taken from them. */
  pltBytes: 16_777_216,
  pltStubs: 262_144,
  /** /proc/kallsyms: 6 MB on a small kernel, some 20 MB with everything built in. */
  kallsymsBytes: 134_217_728,
  kallsymsSymbols: 4_194_304,
  /** /proc/modules. */
  modulesBytes: 1_048_576,
  modules: 65_536,
  /** /sys/kernel/notes and the like. */
  notesBytes: 65_536,
  /** The last function of a module has no end; nothing farther from its start is called by it. */
  kernelFunctionBytes: 1_048_576,
  /** /proc/modules is read again at most so often, and kallsyms for BPF programs. */
  kernelCheckMs: 1_000,
  kernelRereadMs: 10_000,
  /** A perf map: V8 writes some 100 bytes for each compiled function. */
  perfMapBytes: 67_108_864,
  perfMapEntries: 1_048_576,
  /** A perf map that grows is read again at most so often. */
  perfMapRereadMs: 1_000,
  /** What was appended to the open one is looked for (one fstat) at most so often. */
  perfMapLookMs: 5,
  /** The vDSO is 8 KB, of which the kernel may make more. */
  vdsoBytes: 1_048_576,
  /** Our own /proc/PID/maps. */
  vdsoMapsBytes: 16_777_216,
  /**
   * Memory for symbol tables kept between look-ups, and files kept open for their names. An address
   * is named once in a profiler's life: what goes is seldom asked for again, and soon read.
   */
  cacheBytes: 12_582_912,
  cachedFiles: 48,
  /** Memory for debug information kept between look-ups, and how long it is kept unused. */
  lineBytes: 100_663_296,
  linesIdleMs: 10_000,
  /**
   * Frames kept on disk: in all, for one file, and how often a file is written, where a share of it is
   * new and where less is.
   */
  storeBytes: 134_217_728,
  storedFiles: 65_536,
  storedFileBytes: 33_554_432,
  storedAddresses: 65_536,
  storeEveryMs: 60_000,
  storeShare: 8,
  storeSeldomMs: 600_000,
  /** Frames without debug information are looked for again after that: it may have been installed. */
  storedUnsureMs: 86_400_000,
  /** Of those, bytes and files in memory. */
  keptBytes: 6_291_456,
  keptFiles: 256,
  /** Files remembered as unreadable. */
  failedFiles: 4_096,
  /** Processes whose perf maps are kept. */
  generatedCodeProcesses: 256,
  generatedCodeBytes: 67_108_864,
  /** Diagnostics handed on for one file. */
  diagnostics: 8,
  /** Addresses in one request to the worker. */
  addressesPerRequest: 1_048_576,
  /** A request that takes longer is given up, and the worker with it: libLLVM takes 1 s cold. */
  requestMs: 60_000,
  /** A worker has so long to write down what it found. */
  closeMs: 500,
  /** Workers that end one after the other without an answer; then none is started any more. */
  workerRestarts: 8,
  /** Requests that wait; more are refused at once. */
  waitingRequests: 4_096,
} as const;
