// Name servers on loopback: one that answers, one that refuses, one that is silent, one that is not there.

import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { test } from 'node:test';
import { systemClock } from '@holdfast/kernel';
import { nameServers } from './network-findings.ts';

/** Answers with this code of RFC 1035, section 4.1.1; undefined = never. */
async function nameServer(rcode: number | undefined) {
  const socket = createSocket('udp4');
  socket.on('message', (message, { port, address }) => {
    if (rcode === undefined) return;
    message.writeUInt8(0x80 | message.readUInt8(2), 2);
    message.writeUInt8(rcode, 3);
    socket.send(message, port, address);
  });
  await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done));
  return socket;
}

test('each server is told with its time, silent ones with a cure', async () => {
  const sockets = await Promise.all([nameServer(0), nameServer(5), nameServer(undefined)]);
  const servers = sockets.map((socket) => `127.0.0.1:${socket.address().port}`);
  try {
    const [answers, refuses, silent] = await nameServers(systemClock, servers);
    assert.equal(answers?.verdict, 'ok');
    assert.match(answers?.text ?? '', /^127\.0\.0\.1:\d+ answers in \d+\.\d ms$/);
    assert.equal(refuses?.verdict, 'ok', 'a refusal is an answer');
    assert.equal(silent?.verdict, 'warning');
    assert.match(`${silent?.text} ${silent?.cure}`, /does not answer \(ETIMEOUT\) .*resolv\.conf/);
  } finally {
    for (const socket of sockets) socket.close();
  }
  const [gone] = await nameServers(systemClock, [servers[0] ?? '']);
  assert.equal(gone?.verdict, 'warning');
  const [none] = await nameServers(systemClock, []);
  assert.match(none?.text ?? '', /none is set/);
});
