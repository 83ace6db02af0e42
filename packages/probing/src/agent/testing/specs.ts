// Specs of the two kinds for a local port, asking for nothing special.

import type { HttpSpec, TcpSpec } from '@holdfast/resources/compiled-check';

export function tcp(port: number): TcpSpec {
  return { kind: 'tcp', host: '127.0.0.1', port, ip: '4' };
}

export function http(port: number): HttpSpec {
  return {
    kind: 'http',
    url: `http://127.0.0.1:${port}/`,
    method: 'GET',
    headers: {},
    maxRedirects: 0,
    ip: 'any',
    tls: { verify: true },
    bodyBytesMax: 100_000,
    expect: { status: [{ from: 200, to: 299 }], headers: {}, that: [] },
  };
}
