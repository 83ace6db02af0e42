// The floor of every driver for etcd in Node: requests that were encoded before, sent over node:http2, and
// answers that nobody decodes. It still demands that etcd said yes to each.

import { once } from 'node:events';
import { type ClientHttp2Session, connect } from 'node:http2';

export interface BareEtcd {
  send(request: BareRequest): Promise<void>;
  close(): void;
}

export interface BareRequest {
  path: string;
  frame: Buffer;
}

const WINDOW_BYTES = 1024 * 1024;
/** Of etcd's rpc.proto: a comparison of create revisions, which is 0 when the key is absent. */
const TARGET_CREATE = 1;

export async function openBareEtcd(endpoint: string, connections: number): Promise<BareEtcd> {
  const sessions = await Promise.all(
    Array.from({ length: connections }, () => connected(endpoint)),
  );
  let turn = 0;
  return {
    send: (request) => {
      turn = (turn + 1) % sessions.length;
      return exchange(sessions[turn] as ClientHttp2Session, request);
    },
    close: () => {
      for (const session of sessions) session.destroy();
    },
  };
}

async function connected(endpoint: string): Promise<ClientHttp2Session> {
  const settings = { enablePush: false, initialWindowSize: WINDOW_BYTES };
  const session = connect(endpoint, { settings });
  await once(session, 'remoteSettings');
  return session;
}

function exchange(session: ClientHttp2Session, { path, frame }: BareRequest): Promise<void> {
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    let status: unknown;
    stream.on('trailers', (trailers) => {
      status = trailers['grpc-status'];
    });
    stream.on('error', reject);
    stream.on('close', () => {
      if (status === '0') resolve();
      else reject(new Error(`etcd answered ${path} with the status ${status}.`));
    });
    stream.resume();
    stream.end(frame);
  });
}

export function bareGet(key: string): BareRequest {
  return { path: '/etcdserverpb.KV/Range', frame: framed(field(1, Buffer.from(key))) };
}

/** Puts when `absent` is no key. */
export function bareWrite(absent: string, key: string, value: Uint8Array): BareRequest {
  const target = Buffer.of(2 << 3, TARGET_CREATE);
  const compare = field(1, Buffer.concat([target, field(3, Buffer.from(absent))]));
  const put = Buffer.concat([field(1, Buffer.from(key)), field(2, value)]);
  const success = field(2, field(2, put));
  return { path: '/etcdserverpb.KV/Txn', frame: framed(Buffer.concat([compare, success])) };
}

/** Protobuf, length-delimited. */
function field(number: number, content: Uint8Array): Buffer {
  const { length } = content;
  const size = length < 128 ? [length] : [(length & 127) | 128, length >> 7];
  return Buffer.concat([Buffer.of((number << 3) | 2, ...size), content]);
}

/** gRPC's head: not compressed, and the length. */
function framed(message: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}
