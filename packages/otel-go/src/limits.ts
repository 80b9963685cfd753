// SPDX-License-Identifier: Apache-2.0
// Every count, size and time that the host, a program or a configuration can choose is bounded
// here, with the reason for the number.

export const GO_TRACE_LIMITS = {
  /** Names of headers that BPF looks for, and how long each may be (bpf/go/capture.h). */
  capturedHeaders: 16,
  capturedNameBytes: 48,
  /** Numbers of executables in every record (docs/go-internals.md §1). */
  executables: 1_024,
  /** Processes in the table: more than any kernel's pid_max of today would be of no use. */
  processes: 131_072,
  /** A process is forgotten so long after its exit: its last spans have come by then. */
  forgetExitedMs: 10_000,
  /** Executables that are remembered as not wanted, or not Go. */
  judgedFiles: 16_384,
  /** Nothing is analyzed while so many wait: a build starts thousands of programs. */
  waitingProcesses: 4_096,
  /** Letters of one attribute, unless OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT says less. */
  attributeChars: 4_096,
  /** Words of a statement that are looked at for its operation and table. */
  statementTokens: 512,
  /** Statements whose operation and table are remembered. */
  knownStatements: 1_024,
  /** Forms of spans that are remembered as bytes; a power of two. Each has some hundred bytes. */
  shapes: 4_096,
  /** Whole spans that are remembered as bytes; a power of two. Each has about a kilobyte. */
  copies: 4_096,
  /** Spans of one request, and of what may wait to be sent (OTEL_BSP_*). */
  batchSpans: 4_096,
  queueSpans: 131_072,
  /** Bytes of one request before compression: gRPC servers refuse more than 4 MiB. */
  requestBytes: 3_145_728,
  /** Sets of attributes of one metric; what comes beyond is counted together. OTel metrics SDK: 2000. */
  seriesPerMetric: 2_000,
  /** All of them, of all processes. */
  series: 50_000,
  /** Ports, globs and containers that may be asked for. */
  targets: 256,
  /** Pause between two looks at who listens where. */
  portPollMs: 100,
  /** Sending what is left at the end: a person or systemd waits. */
  closeMs: 700,
  /** Itabs and types whose names are remembered for one executable. */
  typeNames: 4_096,
} as const;
