// SPDX-License-Identifier: Apache-2.0
import type { LoaderProfile } from './loaderProfile.ts';
import type { RootFs } from './rootFs.ts';
import { directoryOf } from './rootFs.ts';
import { buildSearchList, type SearchList } from './searchList.ts';
import { effectiveRpath, hasNodeflib, type SharedObject } from './sharedObject.ts';

/** What all objects of one tree have in common. */
export interface Namespace {
  readonly fs: RootFs;
  readonly profile: LoaderProfile;
  readonly workingDirectory: string | undefined;
  /** AT_SECURE: the main file is set-user-ID or set-group-ID. */
  readonly isSecure: boolean;
}

/** One loaded object, as the loaders' `struct link_map`: a file, its name, who asked for it. */
export class LinkMap {
  readonly id: number;
  readonly object: SharedObject;
  /** As opened; `$ORIGIN` of a library is its directory, links not resolved. */
  readonly path: string;
  readonly loader: LinkMap | undefined;
  readonly depth: number;
  /** Whether searches on its behalf give what they give for everybody. */
  readonly isPlain: boolean;
  /** An RPATH, here or further up, that counts for what is loaded from here. */
  readonly #passesOn: boolean;
  #rpath: SearchList | undefined;
  #runpath: SearchList | undefined;

  constructor(
    id: number,
    object: SharedObject,
    path: string,
    loader: LinkMap | undefined,
    flavor: LoaderProfile['flavor'],
  ) {
    this.id = id;
    this.object = object;
    this.path = path;
    this.loader = loader;
    this.depth = loader === undefined ? 0 : loader.depth + 1;
    const { rpath, runpath } = object.strings;
    const hasOwn = rpath !== undefined || runpath !== undefined || hasNodeflib(object.strings);
    const inherits = loader === undefined ? false : loader.#passesOn;
    this.#passesOn =
      inherits || rpath !== undefined || (flavor === 'musl' && runpath !== undefined);
    this.isPlain = !hasOwn && !inherits;
  }

  /** DT_RPATH under glibc, which does not count beside a RUNPATH; undefined without one. */
  rpathList(namespace: Namespace): SearchList | undefined {
    const text = effectiveRpath(this.object.strings);
    if (text === undefined) return undefined;
    this.#rpath ??= this.#expand(namespace, 'rpath', text);
    return this.#rpath;
  }

  runpathList(namespace: Namespace): SearchList | undefined {
    const text = this.object.strings.runpath;
    if (text === undefined) return undefined;
    this.#runpath ??= this.#expand(namespace, 'runpath', text);
    return this.#runpath;
  }

  /** The directory that `$ORIGIN` stands for. */
  get origin(): string {
    // The kernel tells a program its own path with links resolved (/proc/self/exe).
    const isProgram = this.loader === undefined && this.object.interpreter !== undefined;
    return directoryOf(isProgram ? this.object.realpath : this.path);
  }

  #expand(namespace: Namespace, rule: 'rpath' | 'runpath', text: string): SearchList {
    const isSecureMain = namespace.isSecure && this.loader === undefined;
    const isMusl = namespace.profile.flavor === 'musl';
    return buildSearchList(namespace.fs, namespace.profile, {
      rule,
      of: this.path,
      text,
      origin: isMusl && isSecureMain ? undefined : this.origin,
      isTrustedOnly: isSecureMain && !isMusl,
      workingDirectory: namespace.workingDirectory,
    });
  }
}
