// Runs that are aborted in each of their phases, or take longer in one than it may, on real sockets:
// they end at once and leave nothing behind.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CompiledCheck } from '@holdfast/resources/compiled-check';
import type { ProbeRunnerOptions } from './probe-runner.ts';
import { type HttpWish, httpCheck, probeOnce } from './testing/checks.ts';
import { countOfSockets, turns, until } from './testing/condition.ts';
import { deafPort } from './testing/deaf-port.ts';
import { type Behaviour, rawServer } from './testing/raw-server.ts';

const NEVER_MS = 60_000;
/** An abort is heard in the same turn; this is for a machine that is busy with other things. */
const END_MS_MAX = 5_000;
const LIMIT_MS = 60;

interface Standstill {
  check: CompiledCheck;
  options?: Partial<ProbeRunnerOptions>;
  /** Whether the far side has seen what it will ever see. */
  reached: () => boolean;
  close: () => Promise<void>;
}

const nothing = { reached: () => true, close: async () => {} };

async function standstillAt(
  behave: Behaviour,
  scheme: string,
  wish: Partial<HttpWish> = {},
): Promise<Standstill> {
  let reached = false;
  const server = await rawServer((socket, self) => {
    reached = true;
    behave(socket, self);
  });
  const url = `${scheme}://127.0.0.1:${server.port}/`;
  const check = httpCheck({ url, timeoutMs: NEVER_MS, ...wish });
  return { check, reached: () => reached, close: server.close };
}

/** Makes a check that comes to stand still in one phase. */
const STANDSTILLS: Record<string, () => Promise<Standstill>> = {
  async resolve() {
    const check = httpCheck({ url: 'http://h.test/', timeoutMs: NEVER_MS });
    return { check, options: { lookup: () => new Promise(() => {}) }, ...nothing };
  },
  async connect() {
    const deaf = await deafPort();
    const check = httpCheck({ url: `http://127.0.0.1:${deaf.port}/`, timeoutMs: NEVER_MS });
    return { ...nothing, check, close: deaf.close };
  },
  tls: () => standstillAt(() => {}, 'https'),
  write: () =>
    standstillAt((socket) => socket.pause(), 'http', {
      method: 'POST',
      body: 'x'.repeat(30_000_000),
    }),
  wait: () => standstillAt(() => {}, 'http'),
  transfer: () => standstillAt((socket) => socket.write('HTTP/1.1 200 OK\r\n'), 'http'),
};

for (const [phase, standstill] of Object.entries(STANDSTILLS)) {
  test(`an abort in the ${phase} phase ends the run at once and leaves nothing behind`, async () => {
    const { check, options, reached, close } = await standstill();
    const socketsBefore = countOfSockets();
    const controller = new AbortController();
    const running = probeOnce(check, options, controller.signal);
    await until(reached);
    // Both ends live in this process: what one has sent the other has within a few turns.
    await turns(50);
    controller.abort();
    const result = await Promise.race([running, passes(END_MS_MAX)]);
    assert.ok(result, 'the run did not end');
    assert.deepEqual([result.status, result.fault?.phase], ['invalid', phase]);
    assert.equal(result.phases.at(-1)?.name, phase);
    // Before the far side closes, which would end a socket that was left behind too.
    await until(() => countOfSockets() <= socketsBefore);
    await close();
  });
}

for (const [phase, standstill] of Object.entries(STANDSTILLS)) {
  test(`a limit of the ${phase} phase ends the run in it`, async () => {
    const { check, options, close } = await standstill();
    // Long enough for the phases before it, each of which has none.
    const result = await probeOnce({ ...check, phaseLimitsMs: { [phase]: LIMIT_MS } }, options);
    await close();
    assert.deepEqual(
      [result.status, result.fault?.code, result.fault?.phase],
      ['timeout', 'TIMEOUT_PHASE', phase],
    );
    assert.equal(
      result.fault?.message,
      `The limit of ${LIMIT_MS} ms for the ${phase} phase passed.`,
    );
    assert.ok((result.phases.at(-1)?.durationMs ?? 0) >= LIMIT_MS - 1);
  });
}

function passes(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, ms, undefined).unref());
}
