// Plugins from their files to their results: the honest ones, and every way in which one can be wrong.

import assert from 'node:assert/strict';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { testCertificates } from '../testing/certificates.ts';
import { probeOnce } from '../testing/checks.ts';
import { countOfSockets, until } from '../testing/condition.ts';
import { rawServer } from '../testing/raw-server.ts';
import { pluginAddress } from './plugin-address.ts';
import { describePlugin } from './plugin-description.ts';
import {
  GOOD,
  pluginCheck,
  pluginFile,
  pluginOf,
  pluginRegistry,
  probePlugin,
} from './testing/plugins.ts';

test('a plugin measures by its kind, over a connection that the context made', async () => {
  const server = await rawServer((socket) => socket.write('hello'));
  const path = pluginOf(`
    const stream = await context.connect({ host: '127.0.0.1', port: spec.options.port });
    if (!stream.ok) return { totalMs: 0, phases: [], context: {}, detail: {}, fault: stream.fault };
    context.log.begin('wait');
    const said = await new Promise((resolve) => { stream.value.receive = (bytes) => resolve(String(bytes)); });
    context.log.end();
    return { totalMs: context.log.totalMs(), phases: context.log.phases, context: context.facts, detail: { said } };
  `);
  const before = countOfSockets();
  const options = { port: server.port };
  const result = await probePlugin(path, { options });
  assert.deepEqual([result.status, result.kind, result.detail.said], ['up', 'thing', 'hello']);
  assert.deepEqual(
    result.phases.map(({ name }) => name),
    ['connect', 'wait'],
  );
  assert.equal(result.context.peerPort, server.port);
  // The plugin left its socket open.
  await until(() => countOfSockets() <= before);
  const rule = 'detail.said == "bye"';
  const unmet = await probePlugin(path, { options, expect: { that: [rule] } });
  assert.deepEqual([unmet.status, unmet.fault?.code], ['down', 'ASSERTION_RULE']);
  await server.close();
  const refused = await probePlugin(path, { options });
  assert.deepEqual([refused.status, refused.fault?.code], ['down', 'CONNECT_REFUSED']);
});

test('TLS by the check’s own authorities', async () => {
  const { ca, good } = await testCertificates();
  const server = await rawServer(() => {}, { tls: good });
  const path = pluginOf(`
    const stream = await context.connect({ host: 'localhost', port: spec.options.port, secure: true });
    const { phases } = context.log;
    const seen = { totalMs: context.log.totalMs(), phases, context: context.facts, detail: {} };
    return stream.ok ? seen : { ...seen, fault: stream.fault };`);
  const options = { port: server.port };
  const result = await probePlugin(path, { options, tls: { verify: true, ca } });
  assert.deepEqual([result.status, result.context.tls?.verified], ['up', true]);
  const untrusted = await probePlugin(path, { options });
  await server.close();
  assert.equal(untrusted.fault?.code, 'TLS_CERTIFICATE_UNTRUSTED');
});

test('a judge of its own sees what was given back, and the rules hold besides', async () => {
  const judge = `judge({ extra }, spec) {
    return extra === spec.options.extra ? { status: 'up', detail: { judged: true } }
      : { status: 'down', fault: { code: 'ASSERTION_BODY', message: 'No.', class: 'tls' } };
  },`;
  const path = pluginOf(
    `return { totalMs: 1, phases: [], context: {}, detail: {}, extra: 7 };`,
    'thing',
    judge,
  );
  const good = await probePlugin(path, { options: { extra: 7 } });
  assert.deepEqual([good.status, good.detail], ['up', { judged: true }]);
  const bad = await probePlugin(path, { options: { extra: 8 } });
  assert.deepEqual(
    [bad.status, bad.fault?.code, bad.fault?.class],
    ['down', 'ASSERTION_BODY', 'assertion'],
  );
  const unmet = await probePlugin(path, { options: { extra: 7 }, expect: { that: ['false'] } });
  assert.equal(unmet.fault?.code, 'ASSERTION_RULE');
});

const observation = (parts: string) =>
  `return { totalMs: 1, phases: [], context: {}, detail: {}, ${parts} };`;
const WRONG: [name: string, body: string, message: RegExp][] = [
  ['throws', `throw new Error('oh no');`, /oh no/],
  ['throws no error', `throw 'text';`, /text/],
  ['gives nothing back', '', /the observation is no object/],
  ['gives a list back', 'return [];', /the observation is no object/],
  ['measures NaN', observation('totalMs: NaN'), /totalMs is NaN/],
  ['measures less than nothing', observation('totalMs: -1'), /totalMs is -1/],
  ['has no phases', observation('phases: 7'), /phases are no list/],
  [
    'has a phase of its own',
    observation(`phases: [{ name: 'think' }]`),
    /phases\[0\] has the name "think"/,
  ],
  [
    'has an endless phase',
    observation(`phases: [{ name: 'wait', startMs: 0, durationMs: Infinity }]`),
    /durationMs is Infinity/,
  ],
  ['has a function in its detail', observation('detail: { f() {} }'), /detail\.f is a function/],
  [
    'has a date in its context',
    observation('context: { at: new Date(0) }'),
    /context\.at is no plain object/,
  ],
  [
    'has a circle in its detail',
    observation('detail: (() => { const a = {}; a.a = a; return a; })()'),
    /nested over 8 deep/,
  ],
  ['has much in its detail', observation(`detail: { a: Array(3000).fill(1) }`), /over 2000 values/],
  [
    'has long texts in its detail',
    observation(`detail: { a: 'x'.repeat(70000) }`),
    /over 65536 characters/,
  ],
  [
    'has a fault of its own code',
    observation(`fault: { code: 'MINE', message: 'm' }`),
    /"MINE" is not in the catalogue/,
  ],
  ['never comes back', 'await new Promise(() => {});', /did not stop when it was told to/],
  [
    'throws in a timer',
    'setTimeout(() => { throw new Error("late"); }); await new Promise(() => {});',
    /late/,
  ],
  [
    'leaves a promise rejected',
    'Promise.reject(new Error("unheard")); await new Promise(() => {});',
    /unheard/,
  ],
];
for (const [name, body, message] of WRONG) {
  test(`a plugin that ${name} makes its result invalid and names itself`, async () => {
    const guard = await import('./plugin-run.ts');
    const onUncaught = (error: unknown) => assert.equal(guard.blamePlugin(error), 'thing');
    const others = process.listeners('uncaughtException');
    const rejected = process.listeners('unhandledRejection');
    process.removeAllListeners('uncaughtException').removeAllListeners('unhandledRejection');
    process.on('uncaughtException', onUncaught);
    try {
      const timeoutMs = name === 'never comes back' ? 20 : 10_000;
      const { status, fault, kind } = await probePlugin(pluginOf(body), { timeoutMs });
      assert.deepEqual([status, fault?.code, kind], ['invalid', 'PROBER_FAILED', 'thing']);
      assert.match(fault?.message ?? '', /^The plugin thing failed: /);
      assert.match(fault?.message ?? '', message);
    } finally {
      process.off('uncaughtException', onUncaught);
      for (const other of others) process.on('uncaughtException', other);
      for (const other of rejected) process.on('unhandledRejection', other);
    }
  });
}

test('a deadline that it does not mind is a timeout, whatever it says afterwards', async () => {
  const path = pluginOf(
    `await new Promise((done) => context.signal.addEventListener('abort', done)); ${GOOD}`,
  );
  const late = await probePlugin(path, { timeoutMs: 30 });
  assert.deepEqual([late.status, late.fault?.code], ['timeout', 'TIMEOUT']);
  const controller = new AbortController();
  const running = probePlugin(path, {}, {}, controller.signal);
  await wait(10);
  controller.abort();
  assert.deepEqual((await running).fault?.code, 'PROBER_CALLED_OFF');
});

test('secrets that it filled in are hidden in what it says', async () => {
  const path = pluginOf(`
    const { value } = await context.secrets.fill(spec.options.password);
    return { totalMs: 1, phases: [], context: {}, detail: { value }, fault: context.fault('SERVER_FAILED', 'It was ' + value) };`);
  const options = { password: '${env:PASSWORD}' };
  const result = await probePlugin(path, { options }, { environment: { PASSWORD: 'hunter22' } });
  assert.deepEqual([result.detail.value, result.fault?.message], ['<secret>', 'It was <secret>']);
});

const INVALID: [text: string, message: RegExp][] = [
  ['export const other = 1;', /exports no object named `prober`/],
  ['export const prober = 7;', /exports no object named `prober`/],
  ['export const prober = {};', /has no `kind`/],
  [`export const prober = { kind: 'http' };`, /"http", which is built in/],
  [`export const prober = { kind: 'Big One' };`, /"Big One", which is not made of/],
  [`export const prober = { kind: 'x', schemes: ['https'] };`, /scheme "https", which is built in/],
  [`export const prober = { kind: 'x', schemes: 'x' };`, /not a list/],
  [`export const prober = { kind: 'x' };`, /has no `targetExample`/],
  [`export const prober = { kind: 'x', targetExample: 'x', schema: {} };`, /~standard/],
  [`export const prober = { kind: 'x', targetExample: 'x' };`, /has no function `measure`/],
  [
    `export const prober = { kind: 'x', targetExample: 'x', measure() {}, judge: 1 };`,
    /`judge` that is no function/,
  ],
  ['throw new Error("at its start");', /cannot be loaded: at its start/],
  ['this is no JavaScript', /cannot be loaded/],
];
for (const [text, message] of INVALID) {
  test(`${text.slice(0, 70)} is no plugin`, async () => {
    const path = pluginFile(text);
    const { registry, lines } = pluginRegistry();
    const good = pluginOf(GOOD, 'good');
    await registry.use([path, good]);
    assert.match(registry.problem() ?? '', message);
    assert.deepEqual(
      lines.map((line) => line.message),
      ['A plugin could not be loaded.'],
    );
    assert.ok(registry.prober('good'));
    const result = await probeOnce(pluginCheck(), { plugins: registry });
    assert.deepEqual([result.status, result.fault?.code], ['invalid', 'PROBER_INVALID_CHECK']);
    assert.match(result.fault?.message ?? '', message);
    assert.throws(() => describePlugin(path), {
      name: 'HoldfastError',
      code: 'PLUGIN_INVALID',
      message,
    });
  });
}

test('a set given again loads nothing; what is taken away is closed; a kind is taken once', async () => {
  const closing = `close() { globalThis.closedPlugins = (globalThis.closedPlugins ?? 0) + 1; },`;
  const [one, two, twin] = [
    pluginOf(GOOD, 'one', closing),
    pluginOf(GOOD, 'two'),
    pluginOf(GOOD, 'two'),
  ];
  const { registry } = pluginRegistry();
  await registry.use([one, two]);
  assert.equal(registry.use([two, one, one]), undefined);
  await registry.use([pathToFileURL(two).href, one]);
  const first = registry.prober('one');
  await registry.use([two, one, twin]);
  assert.equal(registry.prober('one'), first);
  assert.match(registry.problem() ?? '', /has the kind "two", which another plugin has/);
  await registry.use([two]);
  assert.deepEqual([registry.prober('one'), registry.problem()], [undefined, undefined]);
  assert.equal(Reflect.get(globalThis, 'closedPlugins'), 1);
  const many = Array.from({ length: 52 }, (_, at) => pluginOf(GOOD, `many-${at}`));
  await registry.use(many);
  assert.match(registry.problem() ?? '', /is one more than the 50/);
});

test('a module that is mended is loaded at the next assignment', async () => {
  const { registry } = pluginRegistry();
  const path = `${pluginFile('')}.later.js`;
  await registry.use([path]);
  assert.match(registry.problem() ?? '', /cannot be loaded/);
  const { copyFileSync } = await import('node:fs');
  copyFileSync(pluginOf(GOOD, 'mended'), path);
  await registry.use([path]);
  assert.deepEqual(
    [registry.problem(), registry.prober('mended') !== undefined],
    [undefined, true],
  );
});

test('a plugin is described, and its schema asked, without running it', () => {
  const schema = `schema: { '~standard': { version: 1, vendor: 'test', validate(value) {
    if (value.wild) throw new Error('wild');
    if (value.later) return Promise.reject(new Error('later'));
    return value.ok ? { value } : { issues: [{ message: 'must be ok', path: ['ok', { key: 0 }] }] };
  } } }, schemes: ['thing', 'things'],`;
  const description = describePlugin(pathToFileURL(pluginOf(GOOD, 'thing', schema)).href);
  const { kind, schemes, targetExample } = description;
  assert.deepEqual([kind, schemes, targetExample], ['thing', ['thing', 'things'], 'thing://host']);
  assert.deepEqual(description.validate({ ok: true }), []);
  const [problem] = description.validate({});
  assert.deepEqual([problem?.path, problem?.message], [['ok', 0], 'must be ok']);
  assert.match(description.validate({ wild: true })[0]?.message ?? '', /failed: wild/);
  assert.match(description.validate({ later: true })[0]?.message ?? '', /does not answer at once/);
  assert.deepEqual(describePlugin(pluginOf(GOOD)).validate(7), []);
});

test('a plugin is found from the file that names it, and from nowhere else', () => {
  const path = pluginOf(GOOD);
  const from = join(dirname(path), 'holdfast.yaml');
  assert.equal(describePlugin(`./${basename(path)}`, from).kind, 'thing');
  assert.equal(pluginAddress(`./${basename(path)}`, from), pathToFileURL(path).href);
  for (const wrong of ['./nothing.js', 'no-such-package', 'fs', 'node:fs', 'https://host/x.js']) {
    assert.throws(() => pluginAddress(wrong, from), { code: 'PLUGIN_INVALID' }, wrong);
  }
  assert.throws(() => pluginAddress('data:text/javascript,1'), /neither by an absolute path/);
});

test('an address that is none is told as a plugin that does not load', async () => {
  const { registry } = pluginRegistry();
  await registry.use(['plugin.js', 'data:text/javascript,export const prober = {}']);
  assert.match(registry.problem() ?? '', /plugin\.js is named neither .* The plugin data:/);
});
