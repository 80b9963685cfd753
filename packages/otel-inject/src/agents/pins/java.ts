// SPDX-License-Identifier: Apache-2.0
import type { AgentPin } from '../runtimes.ts';

/** The plugin that fetches it; Maven itself knows no command for that. */
export const MAVEN_PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1';

export const JAVA_ARTIFACT = {
  group: 'io.opentelemetry.javaagent',
  artifact: 'opentelemetry-javaagent',
} as const;

export const JAVA_PIN: AgentPin = {
  name: 'io.opentelemetry.javaagent:opentelemetry-javaagent',
  version: '2.33.1',
  client: 'mvn',
  serves: 'Java 8 and later',
  sizeMb: 26,
  treeSha256: 'b20824a762c7476915063d8b98ee4f25aa25fcccb114cf5f10fe154369718cc0',
};

export const JAVA_JAR_SHA256 = 'e43a270df53c6f423e0ab157be9c27ccc01d5dc3232e162fe54777573db2f149';
