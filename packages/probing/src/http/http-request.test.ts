import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildRequest, type RequestHeader, type RequestParts } from './http-request.ts';

function parts(wish: Partial<RequestParts> & { at?: string }): RequestParts {
  const url = new URL(wish.at ?? 'http://example.test/');
  return { method: 'GET', url, headers: [], body: undefined, sensitiveBody: false, ...wish };
}

function header(name: string, value: string): RequestHeader {
  return { name, value, sensitive: false };
}

function text(wish: Partial<RequestParts> & { at?: string }, extra: RequestHeader[] = []): string {
  const built = buildRequest(parts(wish), extra);
  assert.ok(built.ok, JSON.stringify(built));
  return built.value.bytes.toString();
}

test('a plain request', () => {
  assert.equal(
    text({ at: 'http://example.test/a?b=c#d' }),
    'GET /a?b=c HTTP/1.1\r\nHost: example.test\r\nUser-Agent: Holdfast/0.1\r\nAccept: */*\r\n' +
      'Accept-Encoding: identity\r\nConnection: close\r\n\r\n',
  );
});

test('Host carries a port that is not the default, and the brackets of IPv6', () => {
  const host = (at: string) => /Host: (.*)\r/.exec(text({ at }))?.[1];
  assert.equal(host('http://h.test:80/'), 'h.test');
  assert.equal(host('https://h.test:443/'), 'h.test');
  assert.equal(host('http://h.test:443/'), 'h.test:443');
  assert.equal(host('http://[::1]:8080/'), '[::1]:8080');
});

test('host and port to dial', () => {
  const dialled = (at: string) => {
    const built = buildRequest(parts({ at }));
    return built.ok ? [built.value.host, built.value.port, built.value.secure] : [];
  };
  assert.deepEqual(dialled('https://[::1]/'), ['::1', 443, true]);
  assert.deepEqual(dialled('http://h.test/'), ['h.test', 80, false]);
});

test('own headers replace ours, whatever their case', () => {
  const request = text({ headers: [header('user-agent', 'mine'), header('HOST', 'other.test')] });
  assert.match(request, /user-agent: mine\r\n/);
  assert.match(request, /HOST: other\.test\r\n/);
  assert.doesNotMatch(request, /Holdfast|Host: example/);
});

test('a body has its length in bytes; methods that need one say 0', () => {
  assert.match(
    text({ method: 'POST', body: 'grüße' }),
    /Content-Length: 7\r\nConnection: close\r\n\r\ngrüße$/,
  );
  assert.match(text({ method: 'PUT' }), /Content-Length: 0\r\n/);
  assert.doesNotMatch(text({ method: 'DELETE' }), /Content-Length/);
});

test('headers of the hop come after, cookies of both are joined', () => {
  const extra = [header('Cookie', 'b=2'), header('traceparent', 'ours')];
  const request = text(
    { headers: [header('cookie', 'a=1'), header('Traceparent', 'theirs')] },
    extra,
  );
  assert.match(request, /cookie: a=1; b=2\r\nTraceparent: theirs\r\nConnection/);
});

test('what would smuggle lines or frame the message is refused', () => {
  for (const wish of [
    { method: 'GET / HTTP/1.1\r\n' },
    { method: 'CONNECT' },
    { at: 'ftp://h.test/' },
    { headers: [header('a b', 'c')] },
    { headers: [header('', 'c')] },
    { headers: [header('a', 'b\r\nc: d')] },
    { headers: [header('a', 'b\nc')] },
    { headers: [header('Content-Length', '3')] },
    { headers: [header('Transfer-Encoding', 'chunked')] },
    { headers: [header('connection', 'keep-alive')] },
  ]) {
    const built = buildRequest(parts(wish));
    assert.equal(built.ok ? '' : built.fault.code, 'PROBER_INVALID_CHECK', JSON.stringify(wish));
  }
});
