// Plugins in the real agent's process: loaded before their checks, and nobody's end but their own.

import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { PluginSpec } from '@holdfast/resources/compiled-check';
import { GOOD, pluginOf } from '../plugin/testing/plugins.ts';
import { checkOf } from './testing/check-of.ts';
import { linkedAgent, until } from './testing/linked-agent.ts';
import { closeServers, listen } from './testing/listen.ts';
import { tcp } from './testing/specs.ts';

after(closeServers);

function pluginSpec(plugin: string): PluginSpec {
  return { kind: 'plugin', plugin, target: 'x', options: {}, ip: 'any', expect: { that: [] } };
}

test('good, missing and wild plugins: each tells of itself, and the agent goes on', async () => {
  const port = await listen(createServer((socket) => socket.end()));
  const wild = `
    setTimeout(() => { throw new Error('wild'); }, 5);
    await new Promise(() => {});`;
  const plugins = [pluginOf(GOOD, 'good'), pluginOf(wild, 'wild'), '/nowhere/plugin.js'];
  const agent = linkedAgent();
  const checks = [
    checkOf({ name: 'tcp', spec: tcp(port) }),
    ...['good', 'wild', 'gone'].map((kind) => checkOf({ name: kind, spec: pluginSpec(kind) })),
  ];
  agent.link.assign({
    revision: 1,
    checks,
    egress: { deny: [], allow: [] },
    plugins: plugins.map((path) => pathToFileURL(path).href),
  });
  const of = (name: string) => agent.results.filter(({ key }) => key.check === name);
  await until('each was probed twice', () => checks.every(({ name }) => of(name).length >= 2));
  await agent.link.close();
  assert.equal(agent.pids.length, 1, 'the agent was started once');
  for (const { status, kind } of of('good')) assert.deepEqual([status, kind], ['up', 'good']);
  for (const { status } of of('tcp')) assert.equal(status, 'up');
  for (const { status, fault } of of('wild')) {
    assert.deepEqual([status, fault?.message], ['invalid', 'The plugin wild failed: wild.']);
  }
  for (const { status, fault } of of('gone')) {
    assert.equal(status, 'invalid');
    assert.match(fault?.message ?? '', /no plugin for the kind "gone".*nowhere/);
  }
});
