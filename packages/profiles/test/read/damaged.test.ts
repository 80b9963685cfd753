// SPDX-License-Identifier: Apache-2.0
// Whatever a file holds, reading ends with a profile or one kind of error, and soon.
import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { ProfileFormatError } from '../../src/read/diagnostics.ts';
import { READ_FORMATS, readProfile } from '../../src/read/readProfile.ts';
import { writeFolded } from '../../src/write/folded.ts';
import { writeOtlp } from '../../src/write/otlpFile.ts';
import { writePprof } from '../../src/write/pprof.ts';
import { writeSpeedscope } from '../../src/write/speedscope.ts';
import { sampleProfile } from '../model/sampleProfile.ts';

const profile = sampleProfile();
const PERF = `swapper     0 [001] 12.000001:          1 cycles:
\tffffffff81000040 native_safe_halt+0x10 ([kernel.kallsyms])

my app  12/13 12.5: 10101010 cpu-clock:ppp:
\t    1120 work+0x10 (/opt/app (deleted))
\t    1000 [unknown] (/opt/app)

`;
const FILES: readonly Buffer[] = [
  Buffer.from(writePprof(profile, { kind: 0 })),
  writeOtlp(profile, { scope: { name: 'x', version: '1' } }),
  Buffer.from([...writeFolded(profile, { kind: 0 })].join('')),
  Buffer.from([...writeSpeedscope(profile, { name: 'x', exporter: 'y' })].join('')),
  Buffer.from(PERF),
];

function readOrRefuse(bytes: Uint8Array, format?: (typeof READ_FORMATS)[number]): void {
  try {
    const { profile: read } = readProfile(bytes, '', format);
    for (let i = 0; i < read.samples.count; i++) {
      assert.ok(read.samples.stack[i]! < read.stacks.count);
      assert.ok(read.samples.process[i]! < read.processes.length);
      assert.ok(read.samples.kind[i]! < read.kinds.length);
    }
    assert.equal(read.stacks.offsets[read.stacks.count], read.stacks.frames.length);
  } catch (error) {
    assert.ok(error instanceof ProfileFormatError, String(error));
  }
}

describe('reading damaged profiles', () => {
  it('gives a profile or says that there is none', () => {
    const place = fc.record({ at: fc.nat(), value: fc.nat({ max: 255 }) });
    fc.assert(
      fc.property(
        fc.constantFrom(...FILES),
        fc.array(place, { maxLength: 8 }),
        fc.option(fc.nat()),
        (file, changes, cut) => {
          const bytes = Buffer.from(file);
          for (const { at, value } of changes) bytes[at % bytes.length] = value;
          readOrRefuse(cut === null ? bytes : bytes.subarray(0, cut % (bytes.length + 1)));
        },
      ),
      { numRuns: 400 },
    );
  });

  it('takes any bytes in any format', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 400 }),
        fc.constantFrom(...READ_FORMATS),
        (bytes, format) => readOrRefuse(bytes, format),
      ),
      { numRuns: 300 },
    );
  });

  it('gives what stands before the place where a file was cut', () => {
    const folded = 'a;b 3\na;c 4\n'.repeat(100);
    const packed = gzipSync(Buffer.from(folded), { level: 0 });
    const { profile: read } = readProfile(packed.subarray(0, packed.length - 300));
    assert.ok(read.samples.count > 100 && read.samples.count < 200);
  });

  it('says what it is that it cannot read', () => {
    const perfData = Buffer.from('PERFILE2 and so on, text or not');
    assert.throws(() => readProfile(perfData), /perf script/);
    assert.throws(() => readProfile(Buffer.alloc(0)), /empty/);
    assert.throws(() => readProfile(Buffer.from('\x7fELF\x02\x01\x01\0\0\0')), /no profile/);
  });
});
