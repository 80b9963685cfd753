// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BinaryCache } from '../../src/capability/binaryCache.ts';
import { serviceNameOf } from '../../src/capability/serviceName.ts';
import { processTarget } from '../../src/capability/target.ts';
import { ProcFs } from '../../src/proc/procFs.ts';
import { parseResource } from '../../src/proc/resourceMessage.ts';
import { gcc, needsTools } from '../fixtures/compile.ts';
import { endAll, startReady } from './liveProcesses.ts';

/** A process that publishes PAYLOAD as OTEP 4719 says, with the time given as its argument. */
const PUBLISHER_C = `#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
static const unsigned char payload[] = { PAYLOAD };
struct header { char signature[8]; uint32_t version, size; uint64_t published; const void *payload; };
int main(int argc, char **argv) {
  int fd = memfd_create("OTEL_CTX", 0);
  ftruncate(fd, 4096);
  struct header *h = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
  h->version = 2;
  h->size = sizeof payload;
  h->payload = payload;
  h->published = strtoull(argv[1], 0, 10);
  memcpy(h->signature, "OTEL_CTX", 8);
  puts("ready"); fflush(stdout); for (;;) pause();
}
`;

function field(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.of((number << 3) | 2, bytes.length), bytes]);
}

function attribute(key: string, value: Buffer): Buffer {
  return field(1, Buffer.concat([field(1, Buffer.from(key)), field(2, value)]));
}

const RESOURCE = Buffer.concat([
  attribute('service.name', field(1, Buffer.from('shop'))),
  attribute('flag', Buffer.of(2 << 3, 1)),
  attribute('count', Buffer.of(3 << 3, 42)),
  attribute('list', field(5, field(1, field(1, Buffer.from('a'))))),
]);

function publisher(): string {
  return gcc(['-O1'], PUBLISHER_C.replace('PAYLOAD', [...RESOURCE].join(',')));
}

describe('proc/process context', () => {
  before(function () {
    needsTools(this, 'gcc');
  });
  afterEach(endAll);

  it('reads the resource that a process publishes', async () => {
    const child = await startReady(publisher(), ['1700000000000000000']);
    const target = processTarget(new ProcFs(), child.pid, new BinaryCache());
    const context = target.process?.context;
    assert.equal(context?.version, 2);
    assert.equal(context?.publishedAtNs, 1_700_000_000_000_000_000n);
    assert.deepEqual(
      [...(context?.attributes ?? [])],
      [
        ['service.name', 'shop'],
        ['flag', true],
        ['count', 42],
        ['list', ['a']],
      ],
    );
    assert.equal(serviceNameOf(target), 'shop');
  });

  it('takes nothing while it is being written', async () => {
    const child = await startReady(publisher(), ['0']);
    const target = processTarget(new ProcFs(), child.pid, new BinaryCache());
    assert.equal(target.process?.context, undefined);
  });

  it('decodes whole messages or nothing, and never throws', () => {
    for (let length = 1; length < RESOURCE.length; length++) {
      const parsed = parseResource(RESOURCE.subarray(0, length));
      assert.ok(parsed === undefined || parsed.size < 4);
    }
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void parseResource(bytes)));
  });
});
