import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  capabilities,
  consoleBuilt,
  diskSpace,
  pingRange,
  timeKeeper,
} from './machine-findings.ts';

function status(bits: string, groups = ''): string {
  return `Name:\tnode\nGroups:\t${groups}\nCapEff:\t${bits}\n`;
}

const NONE = status('0000000000000000');
const RAW = status('0000000000002000');

test('capabilities are told by name, and what cannot be read is not guessed', () => {
  assert.match(capabilities(NONE).text, /none/);
  assert.equal(capabilities(status('000001ffffffffff')).text, 'NET_BIND_SERVICE, NET_RAW');
  assert.equal(capabilities(RAW).text, 'NET_RAW');
  assert.match(capabilities('').text, /not known/);
});

test('ping works by a group in the range or by raw sockets, else there is a cure', () => {
  assert.equal(pingRange(1000, '0\t2147483647\n', NONE).verdict, 'ok');
  assert.equal(pingRange(1000, '5 5', status('0', '4 5 6')).verdict, 'ok');
  assert.match(pingRange(1000, '1\t0', RAW).text, /raw sockets/);
  const refused = pingRange(1000, '1\t0\n', NONE);
  assert.equal(refused.verdict, 'warning');
  assert.match(refused.cure ?? '', /ping_group_range/);
  assert.match(pingRange(0, 'nonsense', NONE).text, /not known/);
});

test('who keeps the time, the disk and the pages are told', () => {
  const linux = process.platform === 'linux';
  const chrony = timeKeeper((path) => path === '/run/chrony/chronyd.pid');
  assert.match(chrony.text, linux ? /chrony runs/ : /not known/);
  assert.equal(timeKeeper(() => false).verdict, linux ? 'warning' : 'ok');
  assert.match(diskSpace('.').text, /GiB free/);
  assert.equal(consoleBuilt('/nonexistent').verdict, 'warning');
});
