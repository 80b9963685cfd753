// SPDX-License-Identifier: Apache-2.0
import { readFileSync, statSync } from 'node:fs';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';

/** Files as PEM. Read anew when they change, so that rotated certificates are taken up. */
export interface TlsSettings {
  /** Authorities to trust instead of the system's. */
  readonly caFile?: string | undefined;
  readonly clientCertificateFile?: string | undefined;
  readonly clientKeyFile?: string | undefined;
}

/** Bundles of the system's authorities, by distribution; the first that exists is used. */
const SYSTEM_CA_FILES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/**
 * What TLS connections are made with: TLS 1.2 or newer, the system's authorities or those of the
 * given file, the client's certificate. Parsing a system's bundle takes milliseconds, so the result
 * is kept until one of the files changes.
 */
export class TlsContext {
  readonly #settings: TlsSettings;
  #context: SecureContext | undefined;
  #version = '';

  constructor(settings: TlsSettings) {
    this.#settings = settings;
  }

  /** @throws Error of the file system or of OpenSSL when a configured file cannot be used. */
  get(): SecureContext {
    const version = this.#versionOfFiles();
    if (this.#context === undefined || version !== this.#version) {
      this.#context = createSecureContext(secureOptions(this.#settings));
      this.#version = version;
    }
    return this.#context;
  }

  #versionOfFiles(): string {
    const { caFile, clientCertificateFile, clientKeyFile } = this.#settings;
    let version = '';
    for (const file of [caFile, clientCertificateFile, clientKeyFile]) {
      if (file === undefined) continue;
      const { ino, size, mtimeMs } = statSync(file);
      version += `${ino} ${size} ${mtimeMs};`;
    }
    return version;
  }
}

function secureOptions(settings: TlsSettings): SecureContextOptions {
  const options: SecureContextOptions = { minVersion: 'TLSv1.2' };
  // Node's own list of authorities serves where the system has none.
  const ca = settings.caFile === undefined ? systemAuthorities() : readFileSync(settings.caFile);
  if (ca !== undefined) options.ca = ca;
  if (settings.clientCertificateFile !== undefined)
    options.cert = readFileSync(settings.clientCertificateFile);
  if (settings.clientKeyFile !== undefined) options.key = readFileSync(settings.clientKeyFile);
  return options;
}

function systemAuthorities(): Buffer | undefined {
  for (const file of SYSTEM_CA_FILES) {
    try {
      return readFileSync(file);
    } catch {}
  }
  return undefined;
}
