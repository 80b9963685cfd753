// SPDX-License-Identifier: Apache-2.0
// An OpenTelemetry Collector for end-to-end tests, made by its own builder from pinned modules. It
// takes minutes, so it is made on request only (bin/buildCollector.mjs) and kept in .toolchain.
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toolEnvironment } from './environment.mjs';
import { TOOLCHAIN } from './paths.mjs';
import { fillFolder, isInPlace } from './pinnedFolder.mjs';
import { step } from './progress.mjs';
import { runQuietly } from './runCommand.mjs';

const VERSION = '0.155.0';
const MODULES = {
  receivers: ['receiver/otlpreceiver'],
  processors: ['processor/batchprocessor'],
  exporters: ['exporter/debugexporter', 'exporter/otlphttpexporter'],
};

/** Where it is once made. */
export const COLLECTOR_ENTRY = join(TOOLCHAIN, 'otelcol', 'otelcol');

/** The builder's own configuration format. */
function builderConfig() {
  const lines = ['dist:', '  name: otelcol', '  output_path: ./source', `  version: ${VERSION}`];
  for (const [kind, modules] of Object.entries(MODULES)) {
    lines.push(`${kind}:`);
    for (const name of modules)
      lines.push(`  - gomod: go.opentelemetry.io/collector/${name} v${VERSION}`);
  }
  return `${lines.join('\n')}\n`;
}

/** Makes it unless the same one is there. */
export async function buildCollector() {
  const folder = { name: 'otelcol', pin: builderConfig(), entry: 'otelcol' };
  if (isInPlace(folder)) return COLLECTOR_ENTRY;
  const label = `building the OpenTelemetry Collector ${VERSION} (some minutes)`;
  await step(label, (report) =>
    fillFolder(folder, async (temporary) => {
      writeFileSync(join(temporary, 'builder.yaml'), builderConfig());
      const builder = `go.opentelemetry.io/collector/cmd/builder@v${VERSION}`;
      await runQuietly('go', ['run', builder, '--config', 'builder.yaml'], {
        cwd: temporary,
        env: { ...toolEnvironment(process.env), CGO_ENABLED: '0' },
        what: label,
        hint: 'the modules come through your Go configuration (`go env GOPROXY`)',
        onLine: report,
      });
      renameSync(join(temporary, 'source', 'otelcol'), join(temporary, 'otelcol'));
    }),
  );
  return COLLECTOR_ENTRY;
}
