// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { Asker, type Loaded, NOTHING } from '../../src/api/asker.ts';
import type { Answer } from '../../src/api/requests.ts';

interface Question {
  readonly path: string;
  readonly signal: AbortSignal;
  readonly give: (answer: Answer<string>) => void;
}

function setUp() {
  const asked: Question[] = [];
  let loaded: Loaded<string> = NOTHING;
  let wake = () => {};
  const asker = new Asker<string>(
    (path, signal) =>
      new Promise((give) => {
        asked.push({ path, signal, give });
        wake();
      }),
    (next) => {
      loaded = next(loaded);
    },
  );
  const nextQuestion = async (count: number) => {
    while (asked.length < count) {
      await new Promise<void>((done) => {
        wake = done;
      });
    }
  };
  return { asker, asked, nextQuestion, shown: () => loaded };
}

/** What promises do next. */
const settle = () => new Promise<void>((done) => setImmediate(done));

describe('questions to the server', () => {
  it('are not ended by new samples, whose own question comes after the answer', async () => {
    const { asker, asked, nextQuestion, shown } = setUp();
    asker.want('graph?to=1', 1);
    asker.want('graph?to=2', 2);
    asker.want('graph?to=3', 3);
    assert.deepEqual(
      asked.map(({ path, signal }) => [path, signal.aborted]),
      [['graph?to=1', false]],
    );
    asked[0]!.give({ data: 'first' });
    await nextQuestion(2);
    assert.equal(shown().data, 'first');
    assert.equal(asked[1]!.path, 'graph?to=3');
    asker.close();
  });

  it('are ended by what a person asks for, and the old answer stays meanwhile', async () => {
    const { asker, asked, shown } = setUp();
    asker.want('graph?service=a', 1);
    asked[0]!.give({ data: 'a' });
    await settle();
    asker.want('graph?service=b', 1);
    asker.want('graph?service=c', 1);
    assert.deepEqual(
      asked.map(({ signal }) => signal.aborted),
      [false, true, false],
    );
    assert.deepEqual([shown().data, shown().isWaiting], ['a', true]);
    asked[1]!.give({ data: 'b' });
    await settle();
    assert.equal(shown().data, 'a');
    asked[2]!.give({ data: 'c' });
    await settle();
    assert.deepEqual([shown().data, shown().isWaiting], ['c', false]);
    asker.close();
  });

  it('about a range that stands still are not asked twice', async () => {
    const { asker, asked, shown } = setUp();
    asker.want('top?from=1&to=2', 0);
    asked[0]!.give({ data: 'top' });
    await settle();
    asker.want('graph?from=1&to=2', 0);
    asked[1]!.give({ data: 'graph' });
    await settle();
    asker.want('top?from=1&to=2', 0);
    assert.deepEqual([asked.length, shown().data], [2, 'top']);
    asker.close();
  });
});
