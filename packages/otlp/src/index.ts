// SPDX-License-Identifier: Apache-2.0
export * from './config/endpoint.ts';
export * from './config/environment.ts';
export * from './config/headers.ts';
export * from './export/exporter.ts';
export * from './export/statistics.ts';
export * from './export/tls.ts';
export * from './export/transport.ts';
export * from './limits.ts';
export * from './profiles/frame.ts';
export * from './profiles/profileBatch.ts';
export * from './wire/protoReader.ts';
export * from './wire/protoWriter.ts';
