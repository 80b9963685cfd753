// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  appendEntry,
  isBlank,
  preloadEntries,
  removeEntries,
  replaceEntries,
} from '../../src/plan/preloadFile.ts';

const OURS = '/usr/lib/opentelemetry/injector/$LIB/libotelinject.so';
const isOurs = (name: string): boolean => name === OURS;
const names = (text: string): string[] =>
  preloadEntries(Buffer.from(text, 'latin1')).map(({ name }) => name);
const without = (text: string, cuts = false): string =>
  removeEntries(Buffer.from(text, 'latin1'), isOurs, cuts).toString('latin1');

describe('/etc/ld.so.preload', () => {
  it('is read as glibc reads it: four separators, comments to the end of the line', () => {
    assert.deepEqual(names('/a.so /b.so:/c.so\t/d.so\n# /e.so\n/f.so#/g.so\n'), [
      '/a.so',
      '/b.so',
      '/c.so',
      '/d.so',
      '/f.so',
    ]);
  });

  it('gets a line of its own at the end, also where the last line has no end', () => {
    assert.equal(appendEntry(Buffer.from('/a.so'), OURS).toString(), `/a.so\n${OURS}\n`);
    assert.equal(appendEntry(Buffer.from('/a.so\n'), OURS).toString(), `/a.so\n${OURS}\n`);
    assert.equal(appendEntry(Buffer.alloc(0), OURS).toString(), `${OURS}\n`);
  });

  it('loses a line that holds nothing else, and only the entry where others share it', () => {
    assert.equal(without(`# c\n${OURS}\n/b.so\n`), '# c\n/b.so\n');
    assert.equal(without(`/a.so ${OURS}:/b.so\n`), '/a.so /b.so\n');
    assert.equal(without(`/a.so:${OURS}\n`), '/a.so\n');
    assert.equal(without(`${OURS} # why\n`), '# why\n');
    assert.equal(without(`# ${OURS}\n`), `# ${OURS}\n`);
  });

  it('changes an older form of the entry where it stands, and takes doubles out', () => {
    const old = '/usr/lib/opentelemetry/injector/libotelinject.so';
    const text = `/a.so\n${old}\n/b.so\n${old}\n`;
    const changed = replaceEntries(Buffer.from(text), (name) => name === old, OURS);
    assert.equal(changed.toString(), `/a.so\n${OURS}\n/b.so\n`);
  });

  const anyText = fc
    .array(fc.constantFrom('/a.so', 'x', ' ', '\t', '\n', ':', '#', '\r', '\xff', '\0'))
    .map((parts) => parts.join(''));

  it('is byte for byte as before when our line has come and gone', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const before = Buffer.from(text, 'latin1');
        const added = appendEntry(before, OURS);
        const cuts = before.length > 0 && before.at(-1) !== 0x0a;
        assert.ok(removeEntries(added, isOurs, cuts).equals(before));
        assert.deepEqual(names(added.toString('latin1')), [...names(text), OURS]);
      }),
      { numRuns: 3000 },
    );
  });

  it('keeps the entries of others, in order, wherever ours stands', () => {
    const withOurs = fc
      .array(fc.constantFrom('/a.so', '/b.so', OURS, ' ', '\n', ':', '# c', '\n'))
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(withOurs, (text) => {
        const rest = without(text);
        assert.deepEqual(
          names(rest),
          names(text).filter((name) => name !== OURS),
        );
        if (!names(text).includes(OURS)) assert.equal(rest, text);
      }),
      { numRuns: 5000 },
    );
  });

  it('is blank with white space alone', () => {
    assert.ok(isBlank(Buffer.from(' \n\t\r\n')));
    assert.ok(!isBlank(Buffer.from('#\n')));
  });
});
