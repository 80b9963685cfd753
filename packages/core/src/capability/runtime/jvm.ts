// SPDX-License-Identifier: Apache-2.0
// HotSpot and OpenJ9: the launcher links libjli, every program that starts a JVM maps libjvm. The
// version stands in the `release` file of the Java home.
import type { ReadText, RuntimeDetector } from './types.ts';

export const jvm: RuntimeDetector = {
  id: 'jvm',
  name: 'Java',
  library: /^libjvm\.so$/,
  ofFile: ({ name, needed, hasSymbol }) => {
    if (name === 'libjvm.so') return found(name, 'is the JVM');
    if (needed.includes('libjli.so')) return found('DT_NEEDED', 'libjli.so (the Java launcher)');
    if (hasSymbol('JNI_CreateJavaVM')) return found('.dynsym', 'JNI_CreateJavaVM');
    return undefined;
  },
  versionBeside,
};

function found(from: string, says: string): ReturnType<RuntimeDetector['ofFile']> {
  return { id: 'jvm', evidence: [{ from, says }] };
}

/** JAVA_VERSION of `release`, looked for upwards from `lib/server/libjvm.so` or `bin/java`. */
function versionBeside(path: string, readText: ReadText): string | undefined {
  const parts = path.split('/');
  for (let up = 2; up <= 5 && parts.length - up >= 1; up++) {
    const text = readText(`${parts.slice(0, -up).join('/')}/release`);
    const match = text === undefined ? null : /^JAVA_VERSION="([\w.+-]{1,64})"$/m.exec(text);
    if (match !== null) return match[1];
  }
  return undefined;
}
