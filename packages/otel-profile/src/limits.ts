// SPDX-License-Identifier: Apache-2.0
// Every count, size and time that the host, a program or a configuration can choose is bounded
// here, with the reason for the number.

export const PROFILE_LIMITS = {
  /** Kept images of one process number: exec in place, reuse of the number. */
  imagesPerPid: 8,
  /** Mappings of one process; what goes beyond stays unknown to the model unwinder. */
  mappingsPerProcess: 65_536,
  /** A process is forgotten so long after its exit: its last samples have come by then. */
  forgetExitedMs: 10_000,
  /** Processes in the table: more than any kernel's pid_max of today would be of no use. */
  processes: 131_072,
  /** Resources of programs that have ended, alike but for their numbers. */
  endedResources: 1_024,
  /** Numbers of files (docs/profile-internals.md §2). */
  slots: 65_279,
  /** Files that wait to be read although nothing needs them yet. */
  expectedFiles: 1_024,
  /** A file that no process maps any more is kept so long. */
  unusedFileMs: 300_000,
  /** Descriptors kept for files whose names may vanish. */
  keptDescriptors: 4_096,
  /** A file that could not be read is tried again after that. */
  failedFileMs: 90_000,
  /** Processes with code of their own making whose frames are told apart. */
  generatedCodeProcesses: 4_096,
  /** Frames without a name of such a process that are asked for once more. */
  namelessFrames: 4_096,
  /** So often. */
  askAgainMs: 1_000,
  /** Different stacks kept; beyond it the oldest half goes. */
  stacks: 262_144,
  /** Different frames kept. */
  frames: 1_048_576,
  /** Stack copies that wait for the tables of their files. */
  waitingCopies: 4_096,
  /** What they may take in all: most are a kilobyte long, the longest are sixty. */
  waitingCopyBytes: 16_777_216,
  /** They wait so long, and longer for a file that is being read: a busy machine takes its time. */
  waitingCopiesMs: 5_000,
  waitingForFileMs: 15_000,
  /** Tables that the unwinder of this side keeps in memory: libc's is 200 KB, libLLVM's 9 MB. */
  tableReaderBytes: 8_388_608,
  /** Spans that samples of one report, or of a recording, were taken in. */
  links: 262_144,
  /** Addresses of one file that are named at once. */
  addressesPerRequest: 16_384,
  /** A configuration file. */
  configBytes: 1_048_576,
  /** Samples that `record` keeps in memory, each with its time; beyond it times are dropped. */
  recordedSamples: 4_194_304,
  /** Lines of `top`. */
  topLines: 200,
  /** A request to the metrics endpoint. */
  metricsRequestBytes: 8_192,
} as const;
