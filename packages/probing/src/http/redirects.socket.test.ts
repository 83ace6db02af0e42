// Redirects on real sockets: where they lead, what is sent along, what never leaves its origin.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type HttpWish, httpCheck, probeOnce } from '../testing/checks.ts';
import { answering, answerText, type RawServer, rawServer } from '../testing/raw-server.ts';

let home: RawServer;
let foreign: RawServer;

before(async () => {
  foreign = await rawServer(answering(foreignAnswer));
  home = await rawServer(answering(homeAnswer));
});
after(async () => {
  await home.close();
  await foreign.close();
});

test('a chain is followed, with phases of every hop and the body of none but the last', async () => {
  const { status, detail, context, phases, totalMs } = await probe({ url: home.url('/chain/3') });
  assert.equal(status, 'up');
  assert.deepEqual([detail.status_code, detail.redirects], [200, 3]);
  assert.deepEqual(
    context.urls,
    [3, 2, 1, 0].map((left) => home.url(`/chain/${left}`)),
  );
  for (const hop of [0, 1, 2, 3]) {
    const names = phases.filter((phase) => phase.hop === hop).map(({ name }) => name);
    assert.deepEqual(names, ['connect', 'write', 'wait', 'transfer']);
  }
  assert.ok(phases.reduce((sum, { durationMs }) => sum + durationMs, 0) <= totalMs);
});

test('maxRedirects is a limit, 0 takes the redirect as the answer, -1 ends at 100', async () => {
  const exact = await probe({ url: home.url('/chain/3'), maxRedirects: 3 });
  assert.equal(exact.status, 'up');
  const over = await probe({ url: home.url('/chain/4'), maxRedirects: 3 });
  assert.deepEqual(
    [over.fault?.code, over.fault?.phase],
    ['PROTOCOL_REDIRECTS_EXCEEDED', 'transfer'],
  );
  const none = await probe({ url: home.url('/chain/3'), maxRedirects: 0 });
  assert.deepEqual([none.fault?.code, none.detail.status_code], ['ASSERTION_STATUS', 302]);
  const loop = await probe({ url: home.url('/loop'), maxRedirects: -1 });
  assert.deepEqual([loop.fault?.code, loop.detail.redirects], ['PROTOCOL_REDIRECTS_EXCEEDED', 100]);
});

test('the method changes as RFC 9110 says', async () => {
  const methods = async (status: number, method: string) => {
    home.requests.length = 0;
    await probe({
      url: home.url(`/to/${status}`),
      method,
      body: 'data',
      headers: { 'Content-Type': 'a/b' },
    });
    const second = home.requests[1] ?? '';
    return `${second.split(' ')[0]} ${/content-type/i.test(second)} ${second.split('\r\n\r\n')[1]}`;
  };
  assert.equal(await methods(301, 'POST'), 'GET false ');
  assert.equal(await methods(302, 'POST'), 'GET false ');
  assert.equal(await methods(303, 'PUT'), 'GET false ');
  assert.equal(await methods(301, 'PUT'), 'PUT true data');
  assert.equal(await methods(307, 'POST'), 'POST true data');
  assert.equal(await methods(308, 'POST'), 'POST true data');
});

test('credentials stay with their origin, also after coming back', async () => {
  home.requests.length = 0;
  foreign.requests.length = 0;
  const headers = {
    Authorization: 'Bearer token-1',
    Cookie: 'mine=1',
    'X-Key': '${env:KEY}',
    'X-Plain': 'p',
  };
  const result = await probe({ url: home.url('/leave'), headers }, { KEY: 'key-secret' });
  assert.equal(result.status, 'up');
  const [first = '', last = ''] = home.requests;
  const [away = ''] = foreign.requests;
  assert.match(first, /Authorization: Bearer token-1\r\n.*X-Key: key-secret\r\n/s);
  for (const request of [away, last]) {
    assert.doesNotMatch(request, /token-1|mine=1|key-secret/);
    assert.match(request, /X-Plain: p/);
  }
});

test('a body with a secret is not sent to another origin', async () => {
  foreign.requests.length = 0;
  const wish = { url: home.url('/leave-with-body'), method: 'POST', body: 'key=${env:KEY}' };
  const { fault } = await probe(wish, { KEY: 'key-secret' });
  assert.equal(fault?.code, 'PROTOCOL_INVALID_ANSWER');
  assert.equal(foreign.requests.length, 0);
});

test('cookies set on the way come back on the next hop', async () => {
  home.requests.length = 0;
  const { status, detail } = await probe({ url: home.url('/login'), headers: { Cookie: 'own=0' } });
  assert.equal(status, 'up');
  assert.match(home.requests[1] ?? '', /Cookie: own=0; sid=abc; theme=dark\r\n/);
  assert.equal((detail.headers as Record<string, string>)['set-cookie'], '<secret>');
});

test('a redirect to nowhere, out of HTTP or without a place', async () => {
  const broken = await probe({ url: home.url('/to-nowhere') });
  assert.equal(broken.fault?.code, 'PROTOCOL_INVALID_ANSWER');
  const ftp = await probe({ url: home.url('/to-ftp') });
  assert.match(ftp.fault?.message ?? '', /leads out of HTTP/);
  const placeless = await probe({ url: home.url('/placeless') });
  assert.deepEqual(
    [placeless.fault?.code, placeless.detail.status_code],
    ['ASSERTION_STATUS', 302],
  );
});

test('a later hop that fails leaves no answer of an earlier one in the facts', async () => {
  const { fault, detail, context } = await probe({ url: home.url('/to-closed') });
  assert.equal(fault?.code, 'CONNECT_REFUSED');
  assert.deepEqual(detail, { redirects: 1 });
  assert.equal(context.urls?.length, 2);
});

test('the egress policy is asked at every hop', async () => {
  const check = httpCheck({ url: home.url('/to-other-host') });
  const egress = { deny: ['127.0.0.2/32'], allow: [] };
  const { status, fault } = await probeOnce(check, { egress });
  assert.deepEqual([status, fault?.code], ['invalid', 'PROBER_EGRESS_DENIED']);
});

function probe(wish: HttpWish, environment: Record<string, string> = {}) {
  return probeOnce(httpCheck(wish), { environment });
}

function redirect(status: number, location: string, headers: string[] = []): string {
  return answerText(
    `${status} Go on`,
    [`Location: ${location}`, ...headers],
    'a body nobody needs',
  );
}

function homeAnswer(request: string): string {
  const path = request.split(' ')[1] ?? '';
  const [, kind = '', value = ''] = path.split('/');
  if (kind === 'chain')
    return value === '0' ? answerText('200 OK') : redirect(302, `${Number(value) - 1}`);
  if (kind === 'loop') return redirect(302, '/loop');
  if (kind === 'to') return redirect(Number(value), '/end');
  if (kind === 'leave') return redirect(302, foreign.url('/back'));
  if (kind === 'leave-with-body') return redirect(307, foreign.url('/body'));
  if (kind === 'login')
    return redirect(303, '/end', [
      'Set-Cookie: sid=abc; HttpOnly',
      'Set-Cookie: theme=dark; Path=/',
      'Set-Cookie: other=1; Path=/elsewhere',
    ]);
  if (kind === 'to-nowhere') return redirect(302, 'http://[');
  if (kind === 'to-ftp') return redirect(302, 'ftp://127.0.0.1/');
  if (kind === 'placeless') return answerText('302 Found');
  if (kind === 'to-closed') return redirect(302, 'http://127.0.0.1:1/');
  if (kind === 'to-other-host') return redirect(302, 'http://127.0.0.2:1/');
  return answerText('200 OK', ['Set-Cookie: last=secret-cookie']);
}

function foreignAnswer(request: string): string {
  return request.includes('/back') ? redirect(302, home.url('/end')) : answerText('200 OK');
}
