// SPDX-License-Identifier: Apache-2.0
import { ExitCode, type Invocation } from '@otelkit/cli-kit';
import { durationOf } from '../config/sharedSettings.ts';
import { sizeOf } from './size.ts';
import type { CollectFlags } from './spec.ts';
import { startCollector } from './startCollector.ts';
import { stopSignal } from './stopSignal.ts';
import { defaultStoreFolder } from './storeFolder.ts';

export async function run({ flags, env, output }: Invocation<CollectFlags>): Promise<ExitCode> {
  const chosen = flags.store ?? defaultStoreFolder(env, process.geteuid?.() ?? -1) ?? 'off';
  const folder = chosen === 'off' ? undefined : chosen;
  const ended = stopSignal();
  const collector = await startCollector({
    listen: flags.listen,
    token: flags.token ?? (env['OTEL_PROFILE_TOKEN'] || undefined),
    names: flags.name,
    folder,
    retention: {
      ageMs: durationOf('--retention', flags.retention),
      bytes: sizeOf('--max-store', flags['max-store']),
    },
    mode: 'live',
    title: 'otel-profile',
    requireTokenForData: flags['require-token-for-data'],
    tell: (message) => output.note(message),
  });
  await output.say(() => `${collector.url}\n`);
  output.note(`OTLP by gRPC and HTTP on port ${collector.port}; ${placeText(folder)}`);
  await ended;
  await collector.close();
  return ExitCode.ok;
}

function placeText(folder: string | undefined): string {
  return folder === undefined ? 'kept until the end' : `kept in ${folder}`;
}
