// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { ElfFile, MemorySource, ProcFs, readSymbolTable } from '@otelkit/core';
import { openVdsoSymbols, readVdso } from '../../src/index.ts';

describe('the vDSO', () => {
  it('names the functions of this process', function () {
    const bytes = readVdso(new ProcFs());
    if (bytes === undefined) {
      console.log('skip: this kernel gives no vDSO');
      this.skip();
    }
    const table = readSymbolTable(new ElfFile(new MemorySource('[vdso]', bytes!)), 'dynsym')!;
    const symbols = openVdsoSymbols(bytes!);
    let found = 0;
    for (let i = 1; i < table.count; i++) {
      if (table.shndx[i] === 0 || table.size.asNumber(i) === 0) continue;
      const [frame] = symbols.resolve(table.value.asNumber(i));
      assert.match(
        frame?.functionName ?? '',
        /^(__)?(vdso|kernel)_|gettime|getcpu|getres|time|rand/,
      );
      found++;
    }
    assert.ok(found > 0);
    symbols.close();
  });
});
