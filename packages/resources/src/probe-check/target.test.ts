import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CHECK_TYPES, type CheckType } from './kinds.ts';
import { joinDns } from './older-dns.ts';
import { joinTarget } from './older-target.ts';
import { readTarget, type Target, withoutCredentials } from './target.ts';

function targetOf(text: string, type?: CheckType): Target {
  const reading = readTarget(text, type);
  assert.ok(reading.ok, text);
  return reading.target;
}

test('the scheme tells the kind', () => {
  assert.equal(targetOf('http://a.example').type, 'http');
  assert.equal(targetOf('HTTPS://a.example').type, 'http');
  assert.deepEqual(targetOf('tcp://a.example:22'), {
    type: 'tcp',
    host: 'a.example',
    port: 22,
    shown: 'tcp://a.example:22',
  });
  assert.deepEqual(targetOf('[::1]:22', 'tcp'), {
    type: 'tcp',
    host: '::1',
    port: 22,
    shown: '[::1]:22',
  });
  assert.equal(targetOf('a.example/x', 'http').shown, 'http://a.example/x');
  assert.equal(targetOf('bücher.example:80', 'tcp').type === 'tcp', true);
});

test('each kind reads what it needs', () => {
  const read = (text: string, type?: CheckType) => {
    const { shown, ...target } = targetOf(text, type);
    assert.equal(shown, text);
    return target;
  };
  const tls = { type: 'tls', host: 'a.example', port: 443, portWritten: false };
  assert.deepEqual(read('tls://a.example'), tls);
  assert.deepEqual(read('TLS://a.example:443/'), { ...tls, portWritten: true });
  assert.deepEqual(read('2001:db8::1', 'tls'), { ...tls, host: '2001:db8::1' });
  assert.deepEqual(read('dns://1.1.1.1/Example.com.'), {
    type: 'dns',
    name: 'Example.com',
    server: { host: '1.1.1.1', port: undefined },
  });
  assert.deepEqual(read('dns:///a.example'), { type: 'dns', name: 'a.example' });
  assert.deepEqual(read('0/25.2.0.192.in-addr.arpa', 'dns'), {
    type: 'dns',
    name: '0/25.2.0.192.in-addr.arpa',
  });
  assert.deepEqual(read('.', 'dns'), { type: 'dns', name: '.' });
  assert.deepEqual(read('bücher.example', 'dns'), { type: 'dns', name: 'xn--bcher-kva.example' });
  assert.deepEqual(read('ping://[::1]'), { type: 'icmp', host: '::1' });
  assert.deepEqual(read('icmp://::1'), { type: 'icmp', host: '::1' });
  const grpc = { type: 'grpc', host: 'a.example', port: 1, secure: false };
  assert.deepEqual(read('grpc://a.example:1'), grpc);
  assert.deepEqual(read('a.example:1', 'grpc'), grpc);
  assert.deepEqual(read('grpcs://a.example:1'), { ...grpc, secure: true });
});

test('credentials are dialled and never shown', () => {
  const target = targetOf('https://me:s3cret@a.example/x@y');
  assert.ok(target.type === 'http' && target.url.includes('s3cret'));
  assert.equal(target.shown, 'https://a.example/x@y');
  assert.equal(withoutCredentials('me:pw@a.example'), 'a.example');
});

test('what cannot be asked is refused with what to write', () => {
  const refused = [
    '',
    'a',
    'a:80',
    'ws://a',
    'tcp://a',
    'tcp://a:0',
    'tcp://:80',
    'http://a:65536',
    'http://a b',
    'tcp://me@a:1',
  ];
  for (const text of refused) {
    const reading = readTarget(text, undefined);
    assert.ok(!reading.ok && reading.fault.hint.length > 0, text);
  }
  assert.ok(!readTarget('tcp://a:1', 'http').ok);
  assert.ok(!readTarget('http://a', 'tcp').ok);
});

test('never throws, and what is read never shows credentials', () => {
  const type = fc.constantFrom(undefined, ...CHECK_TYPES);
  const schemes = fc.constantFrom('tls', 'dns', 'icmp', 'ping', 'grpc', 'grpcs', 'tcp');
  const rest = fc.string({ unit: fc.constantFrom(...'a1.:/[]@-_é%') });
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.tuple(schemes, rest).map(([scheme, after]) => `${scheme}://${after}`),
        fc.webUrl().map((url) => url.replace('://', '://me:hunter2@')),
      ),
      type,
      (text, kind) => {
        const reading = readTarget(text, kind);
        if (reading.ok && text.includes('://me:hunter2@'))
          assert.ok(!reading.target.shown.includes('hunter2'));
      },
    ),
    { numRuns: 500 },
  );
});

test('the older parts are joined', () => {
  const join = (target: string, type: 'http' | 'tcp' | undefined, port?: number, path?: string) => {
    const joined = joinTarget({ target, type, port, path });
    return joined.ok ? joined.target : joined.fault.part;
  };
  assert.equal(join('a.example', 'http', 8080, 'x'), 'http://a.example:8080/x');
  assert.equal(
    join('https://me:pw@a.example/', undefined, 8443, '/x?y'),
    'https://me:pw@a.example:8443/x?y',
  );
  assert.equal(join('a.example:80', 'tcp', 80), 'a.example:80');
  assert.equal(join('::1', 'tcp', 22), '[::1]:22');
  assert.equal(join('a.example:80', 'tcp', 81), 'port');
  assert.equal(join('http://a.example/x', 'http', undefined, '/y'), 'path');
  assert.equal(join('tcp://a.example:1', 'tcp', undefined, '/y'), 'path');
});

test('the older parts of a dns check are joined', () => {
  const join = (target: string, query?: string, server?: string, port?: number) => {
    const joined = joinDns({ target, query, server, port });
    return joined.ok ? [joined.target, joined.server] : joined.fault.part;
  };
  assert.deepEqual(join('a.example'), ['a.example', undefined]);
  assert.deepEqual(join('::1', 'a.example'), ['dns://[::1]/a.example', undefined]);
  assert.deepEqual(join('dns://1.1.1.1/', 'a.example', undefined, 54), [
    'dns://1.1.1.1:54/a.example',
    undefined,
  ]);
  assert.deepEqual(join('a.example', 'a.example', '1.1.1.1:53', 53), ['a.example', '1.1.1.1:53']);
  assert.deepEqual(join('dns://1.1.1.1/a.example', 'a.example'), [
    'dns://1.1.1.1/a.example',
    undefined,
  ]);
  assert.equal(join('a.example', 'b.example', '1.1.1.1'), 'query');
  assert.equal(join('a.example', undefined, '1.1.1.1:53', 54), 'port');
});
