// SPDX-License-Identifier: Apache-2.0
// What senders, files, browsers and time may make the collector take.

export const COLLECTOR_LIMITS = {
  /** DuckDB's own memory; with Node and the mirrored tables this stays below 400 MB. */
  databaseMemoryBytes: 83_886_080,
  /** Freed beyond it, memory goes back to the system at the end of a task. */
  allocatorFlushBytes: 4_194_304,
  databaseThreads: 2,
  /** Names in the system's temporary folder among which folders of killed processes are looked for. */
  temporaryNames: 65_536,
  /** Reading queries at once; more wait. */
  concurrentQueries: 3,
  /** Waiting queries; beyond it a request is told to come again. */
  waitingQueries: 64,
  /** A query of `otel-profile query` or the page takes no longer. */
  queryMs: 30_000,
  /** Nor does an export of samples to a file. */
  exportMs: 1_800_000,
  /** Samples that wait for the next write: 50 bytes each. */
  pendingSamples: 4_194_304,
  /** Between two writes: with the time that a write takes, what a power cut may cost is a second. */
  flushMs: 700,
  /** Between two looks at age and size of the store. */
  retentionMs: 60_000,
  /** Parts of the store that are removed at once when it is too large. */
  retentionSteps: 10,
  /** Different frames and stacks that are known at once; older ones come anew with a new number. */
  frames: 2_097_152,
  stacks: 2_097_152,
  /** Frames of all known stacks together: 4 bytes each. */
  stackElements: 33_554_432,
  /** A sample whose time lies further ahead of our clock counts as taken now. */
  clockAheadMs: 600_000,
  /** Values of one facet in an answer. */
  facetValues: 200,
  /** Nodes of a call tree in an answer. */
  graphNodes: 200_000,
  /** Nodes while it is built: 40 bytes each. */
  graphBuildNodes: 2_000_000,
  /** Hours of a question that are looked for among kept sums; longer ones read the samples. */
  questionHours: 4_096,
  /** Kept sums of hours, all together; a busy hour of 16 cores takes one megabyte. */
  hourSumBytes: 50_331_648,
  /** Choices whose stacks' weights are kept until the next write: 28 bytes a stack. */
  keptChoices: 2,
  keptChoiceStacks: 131_072,
  /** Buckets of a timeline, cells of a heat map. */
  timelineBuckets: 4_096,
  heatMapCells: 2_000_000,
  /** Rows of the table of functions. */
  topRows: 10_000,
  /** Rows and bytes of an answer to SQL in JSON; files take any number. */
  queryRows: 100_000,
  /** Samples of an export: they pass through memory. */
  exportSamples: 4_000_000,
  traces: 1_000,
  spansPerTrace: 10_000,
  /** An uploaded executable. */
  uploadBytes: 2_147_483_648,
  uploadMs: 600_000,
  /** A question's parameters. */
  urlChars: 65_536,
  selectionValues: 1_000,
  /** Pages that listen to live events. */
  liveListeners: 64,
} as const;
