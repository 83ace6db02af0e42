// When a token is asked for and when it is not, on a simulated clock.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fault, seededChance } from '@holdfast/kernel';
import { SimulatedClock } from '@holdfast/kernel/fake';
import type { TokenSpec } from '@holdfast/resources/compiled-check';
import type { Outcome } from '../prober.ts';
import type { Token } from './token-answer.ts';
import { TokenStore } from './token-store.ts';

const SPEC: TokenSpec = {
  url: 'https://sso.test/token',
  clientId: 'probe',
  clientSecret: '${env:SECRET}',
  scopes: [],
  parameters: {},
  credentialsIn: 'header',
  ip: 'any',
  tls: { verify: true },
};
const REFUSED = fault('PROBER_TOKEN_REFUSED', 'The token endpoint is gone.');

function store(lifetimeMs = 3_600_000) {
  const clock = new SimulatedClock();
  const state = { asked: 0, fails: false };
  const tokens = new TokenStore({
    clock,
    chance: seededChance(1),
    async ask(): Promise<Outcome<Token>> {
      state.asked += 1;
      if (state.fails) return { ok: false, fault: REFUSED };
      return { ok: true, value: { value: `token-${state.asked}`, lifetimeMs } };
    },
  });
  return { clock, state, tokens };
}

async function tokenOf(tokens: TokenStore, spec = SPEC): Promise<string | undefined> {
  const found = await tokens.find(spec);
  return found.ok ? found.value.value : found.fault.code;
}

test('a hundred runs at once ask once, and an equal spec is the same token', async () => {
  const { state, tokens } = store();
  const values = await Promise.all(Array.from({ length: 100 }, () => tokenOf(tokens)));
  assert.deepEqual([state.asked, new Set(values)], [1, new Set(['token-1'])]);
  assert.equal(await tokenOf(tokens, structuredClone(SPEC)), 'token-1');
  assert.equal(await tokenOf(tokens, { ...SPEC, clientId: 'other' }), 'token-2');
});

test('it is renewed a margin before its end', async () => {
  const { clock, state, tokens } = store(3_600_000);
  await tokenOf(tokens);
  clock.advance(3_569_000);
  assert.equal(await tokenOf(tokens), 'token-1');
  clock.advance(2_000);
  assert.equal(await tokenOf(tokens), 'token-2');
  assert.equal(state.asked, 2);
});

test('one that cannot be renewed is used to its very end', async () => {
  const { clock, state, tokens } = store(100_000);
  await tokenOf(tokens);
  state.fails = true;
  clock.advance(95_000);
  assert.equal(await tokenOf(tokens), 'token-1');
  clock.advance(6_000);
  assert.equal(await tokenOf(tokens), 'PROBER_TOKEN_REFUSED');
});

test('a failing endpoint is asked with pauses that double and stay bounded', async () => {
  const { clock, state, tokens } = store();
  state.fails = true;
  // A check each second for an hour.
  for (let second = 0; second < 3_600; second += 1) {
    assert.equal(await tokenOf(tokens), 'PROBER_TOKEN_REFUSED');
    clock.advance(1_000);
  }
  assert.ok(state.asked > 50 && state.asked < 90, `asked ${state.asked} times`);
  state.fails = false;
  clock.advance(70_000);
  assert.match((await tokenOf(tokens)) ?? '', /^token-/);
});

test('a token that a target refuses is asked for anew, though not each time', async () => {
  const { clock, state, tokens } = store();
  assert.equal(await tokenOf(tokens), 'token-1');
  tokens.reject(SPEC, 'token-1');
  assert.equal(await tokenOf(tokens), 'token-2');
  tokens.reject(SPEC, 'token-1');
  assert.equal(await tokenOf(tokens), 'token-2', 'an old value drops nothing');
  for (let second = 0; second < 3_600; second += 1) {
    tokens.reject(SPEC, (await tokenOf(tokens)) ?? '');
    clock.advance(1_000);
  }
  assert.ok(state.asked > 50 && state.asked < 90, `asked ${state.asked} times`);
});

test('what is kept is bounded', async () => {
  const { state, tokens } = store();
  for (let at = 0; at < 1_500; at += 1) await tokenOf(tokens, { ...SPEC, clientId: `${at}` });
  assert.equal(await tokenOf(tokens, { ...SPEC, clientId: '1499' }), 'token-1500');
  assert.equal(await tokenOf(tokens, { ...SPEC, clientId: '0' }), 'token-1501');
  assert.equal(state.asked, 1_501);
});
