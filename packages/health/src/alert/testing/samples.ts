// Samples of what alerting is given: checks, rules, runs and deliveries, each with the fewest words
// a test needs. The instant 0 of a test is the start of the simulated clock.

import { type Chance, fault } from '@holdfast/kernel';
import type { AlertDelivery } from '@holdfast/resources/alert-record';
import type { CompiledRule } from '@holdfast/resources/compiled-alert';
import type { ProbeResult, Status } from '@holdfast/resources/result';
import { alertMessage } from '../alert-message.ts';
import type { ChannelSecrets } from '../sender.ts';
import type { WatchedCheck } from '../watched-check.ts';

export const T0_MS = Date.UTC(2026, 0, 1);

export function sampleCheck(name = 'checkout', labels: Record<string, string> = {}): WatchedCheck {
  return {
    namespace: 'default',
    name,
    labels,
    target: `https://${name}.example/health`,
    intervalMs: 10_000,
    timeoutMs: 5_000,
  };
}

export function sampleRule(over: Partial<CompiledRule> = {}): CompiledRule {
  const match = { names: [], labels: {}, namespaces: [] };
  return { name: 'pages', failures: 2, recoveries: 1, match, channels: ['hook'], ...over };
}

/** A run planned so many seconds after T0. */
export function sampleRun(seconds: number, status: Status, check = 'checkout'): ProbeResult {
  const plannedAtMs = T0_MS + seconds * 1_000;
  const refused = fault('CONNECT_REFUSED', 'connection refused by 127.0.0.1:443', 'connect');
  return {
    key: { namespace: 'default', check, location: 'here', plannedAtMs, attempt: 1 },
    kind: 'http',
    target: `https://${check}.example/health`,
    agent: 'agent-1',
    startedAtMs: plannedAtMs,
    scheduleLagMs: 0,
    loopLagMs: 0,
    status,
    ...(status === 'up' ? {} : { fault: refused }),
    totalMs: 12,
    phases: [],
    context: {},
    detail: {},
  };
}

/** One message of alert `A1`: down since T0, told 20 s later, over after 4 min 10 s. */
export function sampleDelivery(over: Partial<AlertDelivery> = {}): AlertDelivery {
  const event = over.event ?? 'fired';
  const channel = over.channel ?? 'hook';
  const message = alertMessage(
    {
      id: 'A1',
      rule: 'pages',
      check: { namespace: 'default', check: 'checkout' },
      state: event === 'fired' ? 'firing' : 'recovered',
      sinceMs: T0_MS,
      firedAtMs: T0_MS + 20_000,
      ...(event === 'fired' ? {} : { recoveredAtMs: T0_MS + 250_000 }),
      failures: 3,
      fault: fault('CONNECT_REFUSED', 'connection refused'),
    },
    sampleCheck('checkout', { team: 'pay' }),
    'http://127.0.0.1:7070/checks/default/checkout',
  );
  return {
    id: `A1.${event}.${channel}`,
    alertId: 'A1',
    channel,
    event,
    state: 'pending',
    attempts: 0,
    createdAtMs: T0_MS + 20_000,
    payload: JSON.stringify(message),
    ...over,
  };
}

/** Draws always the same: 0 means no wait at all, just below 1 the longest. */
export function steadyChance(value: number): Chance {
  return { next: () => value, integer: (below) => Math.floor(value * below) };
}

/** Fills `${env:NAME}` from the values given. */
export function sampleSecrets(values: Record<string, string> = {}): ChannelSecrets {
  return {
    async fill(text) {
      const missing = [...text.matchAll(/\$\{env:(\w+)\}/g)].find(
        ([, name = '']) => !(name in values),
      );
      if (missing) {
        return { ok: false, fault: fault('PROBER_SECRET_MISSING', `${missing[1]} is not set`) };
      }
      return { ok: true, value: text.replace(/\$\{env:(\w+)\}/g, (_, name) => values[name] ?? '') };
    },
    redact(text) {
      return Object.values(values).reduce((t, value) => t.replaceAll(value, '<secret>'), text);
    },
  };
}
