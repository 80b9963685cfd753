// SPDX-License-Identifier: Apache-2.0
import { readGoBuildInfo } from '../../go/buildInfo.ts';
import type { RuntimeDetector } from './types.ts';

export const go: RuntimeDetector = {
  id: 'go',
  name: 'Go',
  ofFile: ({ elf }) => {
    const info = readGoBuildInfo(elf);
    if (info === undefined) return undefined;
    const version = /^go(\d[\w.]*)/.exec(info.goVersion)?.[1] ?? info.goVersion;
    return { id: 'go', version, evidence: [{ from: 'Go build info', says: info.goVersion }] };
  },
};
