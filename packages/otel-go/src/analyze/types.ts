// SPDX-License-Identifier: Apache-2.0
// What is known of one Go executable before anything is attached to it: plain data.

/**
 * Where the offsets of one struct come from, in order of preference, never mixed within a struct:
 * `dwarf` the program's own debug information, `types` the descriptors that its own runtime uses
 * for reflection (they survive stripping), `table` layouts of the same version compiled elsewhere.
 */
export type OffsetSource = 'dwarf' | 'types' | 'table';

export interface StructOffsets {
  /** The name that was asked for, `net/http.Request`. */
  readonly struct: string;
  readonly source: OffsetSource;
  /** In words: `DWARF 5`, `type descriptor at 0x7a20c0`, `table of google.golang.org/grpc v1.69`. */
  readonly origin: string;
  readonly sizeBytes: number | undefined;
  /** Wanted field → bytes from the start of the struct; what this version lacks is not there. */
  readonly fields: ReadonlyMap<string, number>;
}

export interface FunctionPlace {
  /** The name that was asked for, `net/http.(*Transport).roundTrip`. */
  readonly name: string;
  /** What the program calls it: differs below a vendor folder of GOPATH mode. */
  readonly linkName: string;
  /** At load address 0. */
  readonly vaddr: number;
  /** What a uprobe wants. */
  readonly fileOffset: number;
  /** Up to the next function, padding included. */
  readonly sizeBytes: number;
}

/** `go1.26rc2` is {major: 1, minor: 26, patch: -1, …}: before every release of 1.26. */
export interface GoVersion {
  readonly text: string;
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** `rc2`, `beta1`, or empty. */
  readonly prerelease: string;
  /** GOEXPERIMENT settings that differ from the default: `boringcrypto`, `noswissmap`. */
  readonly experiments: readonly string[];
  /** Built from a Go that was never released. */
  readonly isDevelopment: boolean;
}

export interface LinkedModule {
  readonly path: string;
  /** Of what was really built, where a replace directive names another. */
  readonly version: string;
  readonly isReplaced: boolean;
}

/** Instrumentation that is in the program already. */
export interface OwnInstrumentation {
  readonly kind: 'sdk' | 'auto-sdk' | 'api' | 'woven' | 'other';
  readonly name: string;
  readonly version: string | undefined;
  /** What follows from it, in words. */
  readonly meaning: string;
}

/** A struct, a function or a library that cannot be used, and why. */
export interface NotUsable {
  readonly what: string;
  readonly reason: string;
}

export interface GoAnalysis {
  readonly path: string;
  readonly goVersion: GoVersion;
  /** `amd64`, `arm64`, or the ELF machine's name, which no probe knows. */
  readonly machine: string;
  /** Import path of the main package. */
  readonly mainPackage: string | undefined;
  /** By module path; the main module too. */
  readonly modules: ReadonlyMap<string, LinkedModule>;
  readonly settings: ReadonlyMap<string, string>;
  readonly isPositionIndependent: boolean;
  /** The link address of its first byte. */
  readonly linkedAt: number;
  readonly hasDwarf: boolean;
  readonly hasSymbols: boolean;
  readonly hasCgo: boolean;
  /** Maps are of Go ≥ 1.24's kind. */
  readonly hasSwissMaps: boolean;
  readonly functionCount: number;
  /** Those asked for that are in the program, by the name that was asked for. */
  readonly functions: ReadonlyMap<string, FunctionPlace>;
  /** Those asked for whose layout is known. */
  readonly structs: ReadonlyMap<string, StructOffsets>;
  /** Structs whose layout is not known or did not agree with the code. */
  readonly unknownStructs: readonly NotUsable[];
  /**
   * The compiler's itabs of the wanted interfaces: address (at load address 0) → type and
   * interface, `*net.TCPConn,net.Conn`.
   */
  readonly itabNames: ReadonlyMap<number, string>;
  /** Drivers of database/sql that are linked in: their type's name → db.system.name. */
  readonly sqlDrivers: ReadonlyMap<string, string>;
  readonly ownInstrumentation: readonly OwnInstrumentation[];
  /** What was damaged in the file, in words. */
  readonly problems: readonly string[];
}

/** What to look for. Structs: wanted fields by struct name. */
export interface WantedParts {
  readonly functions: readonly string[];
  readonly structs: Readonly<Record<string, readonly string[]>>;
  /**
   * What belongs together: structs are looked for at length only where one of the functions is in
   * the program. Without functions: always. Structs of no group: always.
   */
  readonly groups?: readonly {
    readonly functions: readonly string[];
    readonly structs: readonly string[];
  }[];
  /** Interfaces whose itabs are listed, `net.Conn`. */
  readonly interfaces: readonly string[];
}
