// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { request } from 'node:http';
import type { Collector } from '../../src/index.ts';
import { startCollector, whyNoEngine } from '../support/running.ts';

const TOKEN = '0123456789abcdef';

describe('who may ask', () => {
  let open: Collector;
  let guarded: Collector;

  before(async function () {
    if ((await whyNoEngine()) !== undefined) return this.skip();
    open = await startCollector({ names: ['profiles.example'] });
    guarded = await startCollector({ token: TOKEN });
  });
  after(async () => {
    await open?.close();
    await guarded?.close();
  });

  function ask(
    of: Collector,
    path: string,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; headers: Record<string, unknown> }> {
    return new Promise((resolve, reject) => {
      const url = new URL(path, `http://127.0.0.1:${of.port}`);
      const sent = request(url, { headers }, (response) => {
        response.resume();
        response.once('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers }),
        );
      });
      sent.once('error', reject);
      sent.end();
    });
  }

  it('answers by addresses, localhost and names that were told, and no other', async () => {
    const { port } = open;
    const by = async (host: string): Promise<number> =>
      (await ask(open, '/api/status', { host })).status;
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, '[::1]', 'profiles.example']) {
      assert.equal(await by(host), 200, host);
    }
    for (const host of ['evil.example', `127.0.0.1.evil.example:${port}`, 'a b']) {
      assert.equal(await by(host), 403, host);
    }
  });

  it("refuses other pages' requests", async () => {
    const from = async (headers: Record<string, string>): Promise<number> =>
      (await ask(open, '/api/status', headers)).status;
    assert.equal(await from({ origin: 'http://evil.example' }), 403);
    assert.equal(await from({ origin: 'null' }), 403);
    assert.equal(await from({ origin: `http://127.0.0.1:${open.port}` }), 200);
    assert.equal(await from({ 'sec-fetch-site': 'cross-site' }), 403);
    assert.equal(await from({ 'sec-fetch-site': 'same-origin' }), 200);
  });

  it('asks for the token, takes it once by the address and then by a cookie', async () => {
    assert.equal((await ask(guarded, '/')).status, 401);
    assert.equal((await ask(guarded, '/api/status?token=wrong')).status, 401);
    const bearer = { authorization: `Bearer ${TOKEN}` };
    assert.equal((await ask(guarded, '/api/status', bearer)).status, 200);
    const first = await ask(guarded, `/?token=${TOKEN}&view=top`);
    assert.equal(first.status, 303);
    assert.equal(first.headers['location'], '/?view=top');
    const [cookie] = String(first.headers['set-cookie']).split(';');
    assert.match(String(first.headers['set-cookie']), /HttpOnly; SameSite=Strict/);
    assert.equal((await ask(guarded, '/api/status', { cookie: cookie! })).status, 200);
    assert.equal((await ask(guarded, '/', { cookie: 'otel_profile_token=x' })).status, 401);
  });

  it('lets nothing of elsewhere into the page, and nothing be kept', async () => {
    const { headers } = await ask(open, '/');
    assert.match(String(headers['content-security-policy']), /default-src 'self'/);
    assert.equal(headers['cache-control'], 'no-store');
    assert.equal(headers['access-control-allow-origin'], undefined);
  });
});
