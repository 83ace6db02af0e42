// From what stands in coordination to the configuration in force, over a real mirror of the embedded
// engine: what is sound is taken up, what is not leaves the last good in force.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Coordination, Operation } from '@holdfast/engines/coordination';
import { openEmbeddedCoordination } from '@holdfast/engines/embedded';
import { KEYS } from '@holdfast/engines/keys';
import { type Mirror, openMirror } from '@holdfast/engines/mirror';
import { silentLogger, systemChance, systemClock } from '@holdfast/kernel';
import type { Configuration, Resource } from '@holdfast/resources/load';
import { decodeResource, openResourceSource, type ResourceSource } from './resource-source.ts';

const surroundings = { clock: systemClock, chance: systemChance, logger: silentLogger };

const check = (name: string, spec: object = {}) => ({
  kind: 'Check',
  name,
  spec: { target: 'tcp://a:1', ...spec },
});

describe('resource source', () => {
  let coordination: Coordination;
  let mirror: Mirror<Resource>;
  let source: ResourceSource | undefined;
  let told: (Configuration | string | undefined)[] = [];
  let wake: () => void = () => {};

  beforeEach(async () => {
    coordination = await openEmbeddedCoordination(surroundings);
    told = [];
  });
  afterEach(async () => {
    source?.close();
    await mirror.close();
    await coordination.close();
  });

  async function put(...resources: { kind: string; name: string; spec: object }[]) {
    const operations: Operation[] = resources.map(({ kind, name, spec }) => {
      const metadata = { name, updatedAtMs: 1_000 };
      const resource = { apiVersion: 'holdfast.dev/v1', kind, metadata, spec };
      const value = Buffer.from(JSON.stringify(resource));
      return { type: 'put', key: KEYS.resource(kind, 'default', name), value };
    });
    await coordination.txn({ if: [], then: operations });
  }

  async function open(): Promise<ResourceSource> {
    const decode = decodeResource();
    mirror = openMirror({ coordination, prefix: KEYS.resources, decode, ...surroundings });
    const tell = (what: Configuration | string | undefined) => {
      told.push(what);
      wake();
    };
    source = await openResourceSource({
      mirror,
      ...surroundings,
      onChange: tell,
      onProblem: tell,
    });
    return source;
  }

  /** The next thing told after `work`. */
  async function next(work: () => Promise<void>) {
    const count = told.length;
    const woken = new Promise<void>((resolve) => {
      wake = resolve;
    });
    await work();
    if (told.length === count) await woken;
    return told[count];
  }

  const namesOf = ({ checks }: Configuration) => checks.map(({ name }) => name);

  test('takes changes up as one, also those of several transactions', async () => {
    await put(check('a'));
    const opened = await open();
    assert.deepEqual(namesOf(opened.current), ['a']);
    assert.deepEqual(opened.applied.digest, mirror.current?.digest);
    assert.equal(opened.applied.writtenAtMs, 1_000);
    await next(async () => {
      await put(check('b'));
      await put(check('c'));
    });
    assert.deepEqual(namesOf(opened.current), ['a', 'b', 'c']);
    assert.equal(told.length, 1);
    assert.equal(opened.applied.revision, mirror.current?.revision);
  });

  test('a resource with faults keeps its own last good form, and the others go on', async () => {
    await put(check('a', { interval: '10s' }));
    const opened = await open();
    await next(() => put(check('a', { interval: 'often' }), check('b')));
    assert.deepEqual(namesOf(opened.current), ['a', 'b']);
    assert.equal(opened.current.checks[0]?.intervalMs, 10_000);
    assert.match(
      opened.problem?.text ?? '',
      /^Check default\/a: spec\.interval: must be a duration/,
    );
    assert.equal(opened.applied.faults[0]?.key, KEYS.resource('Check', 'default', 'a'));
    await next(() => put(check('a', { interval: '20s' })));
    assert.equal(opened.current.checks[0]?.intervalMs, 20_000);
    assert.equal(opened.problem, undefined);
  });

  test('while the whole has faults the last good whole stays, and is what is told as applied', async () => {
    await put(check('a'));
    const opened = await open();
    const { digest } = opened.applied;
    const rule = { kind: 'AlertRule', name: 'down', spec: { channels: ['chat'] } };
    const problem = await next(() => put(rule, check('b')));
    assert.match(String(problem), /^AlertRule down: spec\.channels\[0\]: names no channel/);
    assert.deepEqual(namesOf(opened.current), ['a']);
    assert.equal(opened.applied.digest, digest);
    assert.notEqual(opened.stored.digest, digest);
    const chat = { type: 'webhook', url: 'https://hooks.example/x' };
    await next(() => put({ kind: 'Channel', name: 'chat', spec: chat }));
    assert.deepEqual(namesOf(opened.current), ['a', 'b']);
    assert.equal(opened.problem, undefined);
  });

  test('a server that starts among faults takes what is sound', async () => {
    const limits = { limits: { checks: 3 } };
    await put(
      check('a'),
      check('b', { timeout: '4s', interval: '5s' }),
      { kind: 'AlertRule', name: 'down', spec: { channels: ['chat'] } },
      { kind: 'Namespace', name: 'default', spec: limits },
    );
    const opened = await open();
    assert.deepEqual(namesOf(opened.current), ['a', 'b']);
    assert.deepEqual(opened.current.rules, []);
    assert.match(opened.problem?.text ?? '', /AlertRule down/);
  });

  test('far beyond a limit nothing of that namespace is taken, and all of the others', async () => {
    const many = Array.from({ length: 40 }, (_, index) => check(`c${index}`));
    await put({ kind: 'Namespace', name: 'default', spec: { limits: { checks: 3 } } }, ...many);
    const opened = await open();
    assert.deepEqual(namesOf(opened.current), []);
    assert.match(opened.problem?.text ?? '', /whose limit is 3/);
  });
});
