// SPDX-License-Identifier: Apache-2.0
// What travels as JSON between a tracer of Go programs and the helper (docs/go-internals.md §1, §2).

export interface GoCatalog {
  readonly libraries: readonly GoLibrary[];
}

export interface GoLibrary {
  readonly name: string;
  /** `std`, or the module's path. */
  readonly module: string;
  readonly functions: readonly {
    readonly name: string;
    readonly role: string;
    readonly optional?: boolean;
    /** Of those with the same text, one is enough. */
    readonly anyOf?: string;
  }[];
  /** `net/http.Request.Method`: type and field as DWARF names them. */
  readonly fields: readonly { readonly name: string; readonly optional?: boolean }[];
}

export interface GoFunction {
  readonly name: string;
  readonly vaddr: number;
  readonly sizeBytes: number;
  readonly fileOffset: number;
}

/** Where a probe is, or would be. */
export interface GoSite {
  readonly library: string;
  readonly role: string;
  readonly function: string;
  readonly kind: string;
  readonly vaddr: number;
  readonly fileOffset: number;
  /** The kernel emulates the instruction: about 1 µs a hit and not 12. */
  readonly emulated: boolean;
}

export interface GoProblem {
  readonly library: string;
  readonly function?: string;
  readonly field?: string;
  readonly code: string;
  readonly message: string;
}

export interface GoSampler {
  readonly name: string;
  /** 0 to 1. */
  readonly ratio?: number;
}

/** Names of headers, in lower case; at most 16 in all, of at most 48 bytes. */
export interface GoCaptures {
  readonly server: readonly string[];
  readonly client: readonly string[];
}

export interface GoStartOptions {
  readonly ringBytes?: number;
  readonly pollMs?: number;
  readonly statsMs?: number;
  readonly sampler?: GoSampler;
  readonly dbStatement?: boolean;
  /** Headers of requests that spans tell: texts 32 and following, the server's names first. */
  readonly captureHeaders?: GoCaptures;
  /** Absent or true: calls that are not sampled are told too, for histograms. */
  readonly durations?: boolean;
  /** Tell of processes, as the profiler's helper does. */
  readonly processes?: boolean;
  /** Send the context on to other services. */
  readonly propagate?: boolean;
}

export interface GoStartReply {
  readonly loadMs: number;
  readonly features?: Readonly<Record<string, unknown>>;
}

export interface GoAttachRequest {
  /** 0…1023: the executable's number in every record. */
  readonly config: number;
  /** What the kernel opens: a file, or /proc/PID/exe. */
  readonly path: string;
  readonly goVersion: string;
  readonly functions: readonly GoFunction[];
  /** Bytes from the start of the struct, by `net/http.Request.Method`. */
  readonly offsets: Readonly<Record<string, number>>;
  /** Only these; absent: every process that runs the file. */
  readonly pids?: readonly number[];
  readonly libraries?: readonly string[];
  /** Link addresses of itabs, by `*net.TCPConn,net.Conn`. */
  readonly itabs?: Readonly<Record<string, number>>;
}

export interface GoAttachReply {
  readonly attached: readonly GoSite[];
  readonly problems: readonly GoProblem[];
  readonly attachMs: number;
}

export interface GoTargetsRequest {
  readonly config: number;
  readonly add?: readonly number[];
  readonly remove?: readonly number[];
}

export interface GoSitesReply {
  readonly sites: readonly GoSite[];
  readonly problems: readonly GoProblem[];
}
