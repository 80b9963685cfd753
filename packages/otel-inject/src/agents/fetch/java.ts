// SPDX-License-Identifier: Apache-2.0
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { ToolError } from '@otelkit/cli-kit';
import { runClient } from '../client.ts';
import { JAVA_ARTIFACT, JAVA_JAR_SHA256, JAVA_PIN, MAVEN_PLUGIN } from '../pins/java.ts';
import { sha256OfFile } from '../tree.ts';
import type { FetchOptions } from './fetchAgent.ts';

/** Puts `javaagent.jar` into an empty directory, by Maven and its user's settings. */
export async function fetchJava({ into, signal }: FetchOptions): Promise<void> {
  const { group, artifact } = JAVA_ARTIFACT;
  const coordinates = `${group}:${artifact}:${JAVA_PIN.version}`;
  await runClient({
    program: 'mvn',
    args: [
      '--batch-mode',
      '--no-transfer-progress',
      '--quiet',
      '--strict-checksums',
      `${MAVEN_PLUGIN}:copy`,
      `-Dartifact=${coordinates}`,
      `-DoutputDirectory=${into}`,
    ],
    cwd: into,
    what: `fetching the Java agent ${JAVA_PIN.version}`,
    hint: 'it comes through your Maven settings (`mvn help:effective-settings`); offline, give the jar with `--from FILE`',
    signal,
  });
  const jar = join(into, `${artifact}-${JAVA_PIN.version}.jar`);
  const sha256 = await sha256OfFile(jar);
  if (sha256 !== JAVA_JAR_SHA256) {
    throw new ToolError('the Java agent that Maven gave is not the pinned one', {
      code: 'AGENT_CHECKSUM',
      exitCode: 4,
      path: jar,
      field: 'SHA-256',
      found: sha256,
      expected: JAVA_JAR_SHA256,
    });
  }
  await rename(jar, join(into, 'javaagent.jar'));
}
