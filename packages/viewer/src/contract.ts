// SPDX-License-Identifier: Apache-2.0
// What the page asks and what it is answered: HTTP with JSON below /api/, columns rather than
// objects, aggregates of a range and never raw samples. Types only; docs/collector-internals.md says
// the rest. Times are milliseconds since 1970 as decimal numbers (micro-second fractions hold).

export const CONTRACT_VERSION = 1;

/**
 * A choice of samples, as query parameters of the same names. A name given more than once means
 * any of these values, different names must all hold. For a comparison the second choice has the
 * same names after `base.`: `base.from`, `base.service`, …; what it leaves out is as in the first.
 */
export interface Selection {
  readonly from?: number;
  readonly to?: number;
  /** Id of a sample type, see `Status.sampleTypes`; the first one where none is given. */
  readonly type?: string;
  /** Id of a source: a file of `view`, a sending host. */
  readonly source?: readonly string[];
  readonly service?: readonly string[];
  /** Version of the service (`service.version`). */
  readonly version?: readonly string[];
  readonly host?: readonly string[];
  /** `Facet.id` of processes: one image of one process, not only its number. */
  readonly process?: readonly string[];
  readonly container?: readonly string[];
  /** Name of the thread. */
  readonly thread?: readonly string[];
  readonly cpu?: readonly number[];
  /** Stacks with a frame of this kind: `native`, `kernel`, `go`, … */
  readonly kind?: readonly string[];
  /** `KEY=VALUE`. */
  readonly label?: readonly string[];
  /** Samples taken inside a trace, or a span of it (16 hex digits). */
  readonly trace?: string;
  readonly span?: string;
}

export interface SampleType {
  readonly id: string;
  /** `samples`, `off_cpu`, `events`, or what a file calls it. */
  readonly type: string;
  /** Unit of the weights in all answers: `nanoseconds`, `count`, `bytes`, … */
  readonly unit: string;
  readonly label: string;
}

/** Something that was not seen, and why: always in sight. */
export interface Loss {
  readonly reason: string;
  readonly count: number;
  /** One line for people. */
  readonly text: string;
}

/** GET /api/status */
export interface Status {
  readonly contractVersion: number;
  readonly toolVersion: string;
  /** `live`: data comes in; `files`: only what was opened. */
  readonly mode: 'live' | 'files';
  readonly title: string;
  readonly nowMs: number;
  /** Range that holds data; both 0 without. */
  readonly startMs: number;
  readonly endMs: number;
  /** False for files that keep no times: no plot over time, no heat map. */
  readonly hasTimes: boolean;
  readonly sampleTypes: readonly SampleType[];
  readonly sources: readonly { readonly id: string; readonly name: string }[];
  readonly sampleCount: number;
  readonly traceCount: number;
  readonly storeBytes: number;
  readonly losses: readonly Loss[];
}

export interface Facet {
  readonly id: string;
  readonly label: string;
  readonly weight: number;
}

/** GET /api/facets?Selection: what there is to choose, the heaviest 200 of each. */
export interface Facets {
  readonly total: number;
  readonly services: readonly Facet[];
  readonly versions: readonly Facet[];
  readonly hosts: readonly Facet[];
  readonly processes: readonly (Facet & {
    readonly pid: number;
    readonly service: string;
    readonly container: string;
  })[];
  readonly containers: readonly Facet[];
  readonly threads: readonly Facet[];
  readonly cpus: readonly Facet[];
  readonly kinds: readonly Facet[];
  readonly labels: readonly { readonly key: string; readonly values: readonly Facet[] }[];
}

/**
 * GET /api/timeline?Selection&buckets=N&by=none|service|kind: 1 to 4,096 buckets over from…to at
 * most. Those of a minute and more are whole minutes, and the first begins at a whole one.
 */
export interface Timeline {
  readonly startMs: number;
  readonly bucketMs: number;
  /** Each as long as there are buckets; the heaviest 8, then `other`. */
  readonly series: readonly { readonly name: string; readonly values: readonly number[] }[];
}

/** Frames by columns; an index into them is a frame id of this answer only. */
export interface FrameTable {
  readonly strings: readonly string[];
  /** Indexes into strings. Without a name: `libc.so.6+0x1234`. */
  readonly name: readonly number[];
  readonly kind: readonly number[];
  /** Source file, '' where it is not known. */
  readonly file: readonly number[];
  readonly line: readonly number[];
  /** Base name of the executable or library, package for Go. */
  readonly module: readonly number[];
  /** 1: inlined into its parent. */
  readonly inlined: readonly number[];
}

/**
 * GET /api/graph?Selection&nodes=200000&inlined=1: the call tree. Node 0 is the root, without a
 * frame (-1). Parents stand before children; siblings from the heaviest. What is beyond `nodes` is
 * merged into its parent's self weight and counted in `cutNodes`.
 */
export interface Graph {
  readonly frames: FrameTable;
  readonly parent: readonly number[];
  readonly frame: readonly number[];
  readonly self: readonly number[];
  readonly total: readonly number[];
  /** Only with a `base.` selection: the same nodes there. */
  readonly baseSelf?: readonly number[];
  readonly baseTotal?: readonly number[];
  readonly sampleCount: number;
  readonly baseSampleCount?: number;
  readonly stackCount: number;
  readonly cutNodes: number;
  /** Samples whose stack did not reach the outermost function, by reason. */
  readonly incomplete: readonly Loss[];
}

/** GET /api/top?Selection&limit=500&sort=self|total|change&buckets=40 */
export interface Top {
  readonly frames: FrameTable;
  readonly frame: readonly number[];
  readonly self: readonly number[];
  readonly total: readonly number[];
  /** With a `base.` selection. */
  readonly baseSelf?: readonly number[];
  readonly baseTotal?: readonly number[];
  /** Sampling error (95 %) of self, in weight. */
  readonly selfError: readonly number[];
  /**
   * As many values of self for each row, one row after the other; empty without times. No more than
   * `buckets`: those of half an hour and more are whole hours.
   */
  readonly spark: readonly number[];
  readonly totalWeight: number;
  readonly baseTotalWeight?: number;
}

/** GET /api/heatmap?Selection&columnMs=1000&rows=50: weights, a column of `rows` after the other. */
export interface HeatMap {
  readonly startMs: number;
  readonly columnMs: number;
  readonly rows: number;
  readonly columns: number;
  readonly values: readonly number[];
}

/** GET /api/executables?Selection */
export interface Executables {
  readonly executables: readonly {
    readonly id: string;
    readonly name: string;
    readonly buildId: string;
    readonly fileId: string;
    readonly weight: number;
    readonly frames: number;
    /** Of its different frames, how many have a name, and how many a line. */
    readonly named: number;
    readonly withLines: number;
    /** How it can be better; '' where nothing is missing. */
    readonly hint: string;
  }[];
}
// POST /api/executables/ID/symbols, body: the ELF file. Answers { named, withLines }.

/** GET /api/traces?from&to&service&limit=200&errors=1&minMs=…: the newest first. */
export interface Traces {
  readonly traces: readonly {
    readonly traceId: string;
    readonly name: string;
    readonly service: string;
    readonly startMs: number;
    readonly durationMs: number;
    readonly spanCount: number;
    readonly errorCount: number;
    readonly services: readonly string[];
  }[];
}

/** GET /api/traces/TRACEID: parents before children where parents are there. */
export interface Trace {
  readonly traceId: string;
  readonly spans: readonly {
    readonly spanId: string;
    readonly parentSpanId: string;
    readonly name: string;
    readonly kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer' | 'unspecified';
    readonly service: string;
    readonly startMs: number;
    readonly durationMs: number;
    readonly status: 'unset' | 'ok' | 'error';
    readonly statusMessage: string;
    readonly attributes: readonly (readonly [string, string])[];
    readonly resource: readonly (readonly [string, string])[];
    readonly events: readonly {
      readonly timeMs: number;
      readonly name: string;
      readonly attributes: readonly (readonly [string, string])[];
    }[];
    /** Samples that bear this span's id. */
    readonly sampleCount: number;
  }[];
}

// GET /api/export?Selection&format=pprof|speedscope|folded|otlp|parquet: a file (Content-Disposition).
// GET /api/live: server-sent events, `data: LiveEvent`, at most one a second, when data came in.

export interface LiveEvent {
  readonly nowMs: number;
  readonly endMs: number;
  readonly sampleCount: number;
  readonly traceCount: number;
}

/** Any answer with a status from 400 on. */
export interface ApiError {
  readonly error: { readonly message: string; readonly hint: string };
}
