// Names with several addresses, on real sockets: each is measured by itself.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Address } from './prober.ts';
import { httpCheck, probeOnce, tcpCheck } from './testing/checks.ts';
import { answering, answerText, type RawServer, rawServer } from './testing/raw-server.ts';

const NAME = 'shop.test';

const lookupOf = (ips: readonly string[]) => async (): Promise<Address[]> =>
  ips.map((ip) => ({ ip, version: 4 }));

/** One port on several addresses, each answering as told. */
async function servers(statuses: Readonly<Record<string, string>>): Promise<RawServer[]> {
  const started: RawServer[] = [];
  for (const [host, status] of Object.entries(statuses)) {
    const port = started[0]?.port ?? 0;
    started.push(
      await rawServer(
        answering(() => answerText(status)),
        { host, port },
      ),
    );
  }
  return started;
}

test('every address is measured; one that fails makes the check fail and is named', async () => {
  const group = await servers({
    '127.61.0.1': '200 OK',
    '127.61.0.2': '503 Busy',
    '127.61.0.3': '200 OK',
  });
  const lookup = lookupOf(['127.61.0.1', '127.61.0.2', '127.61.0.3', '127.61.0.4']);
  const check = httpCheck({ url: `http://${NAME}:${group[0]?.port}/` });
  const result = await probeOnce({ ...check, everyAddress: true }, { lookup });
  for (const server of group) await server.close();
  const { status, fault, detail, context, phases } = result;
  assert.equal(status, 'down');
  assert.equal(fault?.code, 'SERVER_FAILED');
  assert.match(fault?.message ?? '', /^2 of 4 addresses failed; 127\.61\.0\.2: /);
  assert.deepEqual(
    (detail.addresses as { ip: string; status: string; code?: string }[]).map((one) => [
      one.ip,
      one.status,
      one.code,
    ]),
    [
      ['127.61.0.1', 'up', undefined],
      ['127.61.0.2', 'down', 'SERVER_FAILED'],
      ['127.61.0.3', 'up', undefined],
      ['127.61.0.4', 'down', 'CONNECT_REFUSED'],
    ],
  );
  assert.equal(context.addresses?.length, 4);
  assert.equal(phases.filter(({ name }) => name === 'resolve').length, 1);
  assert.ok(group.every(({ requests }) => /^Host: shop\.test:/im.test(requests[0] ?? '')));
});

test('all up is up, with the slowest as the result; a single address tells no share', async () => {
  const group = await servers({ '127.61.0.5': '200 OK', '127.61.0.6': '200 OK' });
  const lookup = lookupOf(['127.61.0.5', '127.61.0.6']);
  const check = tcpCheck(NAME, group[0]?.port ?? 0);
  const up = await probeOnce({ ...check, everyAddress: true }, { lookup });
  const alone = await probeOnce(
    { ...check, everyAddress: true },
    { lookup: lookupOf(['127.61.0.7']) },
  );
  for (const server of group) await server.close();
  assert.equal(up.status, 'up');
  const totals = (up.detail.addresses as { total_ms: number }[]).map((one) => one.total_ms);
  assert.ok(up.totalMs >= Math.max(...totals));
  assert.match(alone.fault?.message ?? '', /^127\.61\.0\.7/);
});

test('an address of our own policy counts for nothing while others answer', async () => {
  const group = await servers({ '127.61.0.8': '200 OK' });
  const result = await probeOnce(
    { ...tcpCheck(NAME, group[0]?.port ?? 0), everyAddress: true },
    {
      lookup: lookupOf(['127.61.0.8', '127.61.0.9']),
      egress: { deny: ['127.61.0.9/32'], allow: [] },
    },
  );
  for (const server of group) await server.close();
  assert.equal(result.status, 'up');
});

test('a name that cannot be resolved, and a literal address, are told as ever', async () => {
  const failing = async (): Promise<Address[]> => {
    throw Object.assign(new Error('none'), { code: 'ENOTFOUND' });
  };
  const check = { ...tcpCheck(NAME, 9), everyAddress: true };
  const unknown = await probeOnce(check, { lookup: failing });
  assert.deepEqual([unknown.status, unknown.fault?.code], ['down', 'NAME_NOT_FOUND']);
  const literal = await probeOnce({ ...tcpCheck('127.61.0.10', 9), everyAddress: true });
  assert.deepEqual([literal.fault?.code, literal.detail.addresses], ['CONNECT_REFUSED', undefined]);
});

test('a pinned address is dialled under the name of the target, a redirect elsewhere is not', async () => {
  const [second] = await servers({ '127.61.0.12': '200 OK' });
  const moved = `302 Found\r\nLocation: http://other.test:${second?.port}/`;
  const [from] = await servers({ '127.61.0.13': moved });
  const asked: string[] = [];
  const result = await probeOnce(
    { ...httpCheck({ url: `http://${NAME}:${from?.port}/` }), pinnedAddress: '127.61.0.13' },
    {
      lookup: async (host) => {
        asked.push(host);
        return [{ ip: '127.61.0.12', version: 4 }];
      },
    },
  );
  await from?.close();
  await second?.close();
  assert.deepEqual([result.status, result.fault], ['up', undefined]);
  assert.deepEqual(asked, ['other.test']);
  assert.match(String(from?.requests[0]), /^Host: shop\.test:/im);
  assert.deepEqual(
    result.phases.filter(({ name }) => name === 'resolve').map(({ hop }) => hop),
    [1],
  );
});
