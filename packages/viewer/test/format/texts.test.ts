// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  formatBytes,
  formatDelta,
  formatDuration,
  formatShare,
  formatWeight,
} from '../../src/format/quantities.ts';
import { shortName, visibleText } from '../../src/format/visibleText.ts';

/** Thin spaces are for the eye. */
const plain = (text: string) => text.replaceAll('\u202f', ' ');

describe('names from profiled programs', () => {
  it('show what would not be seen, and cannot turn the text around them', () => {
    assert.equal(visibleText('evil\u202egnp.exe'), 'evil⟨U+202E⟩gnp.exe');
    assert.equal(visibleText('a\tb\0'), 'a⟨U+0009⟩b⟨U+0000⟩');
    assert.equal(visibleText('zero\u200bwidth'), 'zero⟨U+200B⟩width');
    assert.equal(visibleText('\ud800lone'), '\ufffdlone');
    assert.equal(visibleText('naïve::parse<T>()'), 'naïve::parse<T>()');
  });

  it('have no control, format or surrogate character left', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        assert.doesNotMatch(
          visibleText(text),
          /[\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u,
        );
      }),
    );
  });

  it('have a short form that is never empty', () => {
    assert.equal(shortName('shop/cart.parseJson'), 'parseJson');
    assert.equal(shortName('net/http.(*conn).serve'), 'serve');
    assert.equal(shortName('std::vector<int>::push_back(int const&)'), 'push_back');
    assert.equal(shortName('<alloc::vec::Vec<T> as core::fmt::Debug>::fmt'), 'fmt');
    assert.equal(shortName('operator<'), 'operator<');
    assert.equal(shortName('libc.so.6+0x1234'), 'libc.so.6+0x1234');
    assert.equal(shortName('(anonymous)'), '(anonymous)');
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (name) => assert.notEqual(shortName(name), '')),
    );
  });
});

describe('numbers for people', () => {
  it('have three figures and a unit', () => {
    assert.equal(plain(formatShare(0.3812)), '38.1 %');
    assert.equal(plain(formatShare(0.00001)), '< 0.01 %');
    assert.equal(plain(formatShare(1)), '100 %');
    assert.equal(plain(formatDelta(-0.034)), '−3.4 pp');
    assert.equal(plain(formatDelta(0)), '±0 pp');
    assert.equal(plain(formatWeight(1.5e9, 'nanoseconds')), '1.50 s');
    assert.equal(plain(formatWeight(509e9, 'nanoseconds')), '8 min 29 s');
    assert.equal(plain(formatWeight(12_345, 'count')), '12 345');
    assert.equal(plain(formatDuration(0.25)), '250 µs');
    assert.equal(plain(formatBytes(18_400_000)), '17.5 MiB');
  });
});
