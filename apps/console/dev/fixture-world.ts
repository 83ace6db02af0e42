// The checks that the fixtures tell of, and how each of them fares. A small set written by hand
// shows every state; the large one is grown from a seed. Nothing here is measured.

import { chanceOf, choose } from './fixture-chance.ts';
import type { TroubleName } from './fixture-faults.ts';

export interface Outage {
  fromMs: number;
  /** Infinity while it lasts. */
  toMs: number;
  trouble: TroubleName;
  /** Where it is; absent: everywhere. */
  places?: readonly string[];
}

export interface FixtureCheck {
  namespace: string;
  name: string;
  kind: 'http' | 'tcp' | 'dns' | 'icmp' | 'grpc' | 'tls';
  target: string;
  labels: Record<string, string>;
  intervalMs: number;
  timeoutMs: number;
  paused: boolean;
  /** Typical total. */
  baseMs: number;
  /** Share of single runs that fail for no lasting reason. */
  flakiness: number;
  outages: Outage[];
  /** Times without any run, e.g. while the agent was off. */
  silences: { fromMs: number; toMs: number }[];
  /** Days the leaf certificate is still valid. */
  certificateDays?: number;
  /** URLs that answered with a redirect before the target. */
  redirects: string[];
  /** Runs out of turn, newest last, at most 50. */
  extraRunsMs: number[];
  /** Runs before it are unknown. */
  startedAtMs: number;
  /** Where it is measured; at least one. */
  places: string[];
  /** From where nothing was heard for a while. */
  silentPlaces: string[];
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export const LONG_NAME = 'a-check-whose-name-has-exactly-sixty-four-characters-in-it-right';

/** Fourteen checks: every state, every kind of trouble, redirects, a gap, a long name. */
export function fewChecks(nowMs: number): FixtureCheck[] {
  const lasting = (trouble: TroubleName, forMs: number): Outage[] => [
    { fromMs: nowMs - forMs, toMs: Number.POSITIVE_INFINITY, trouble },
  ];
  const past = (trouble: TroubleName, agoMs: number, forMs: number): Outage[] => [
    { fromMs: nowMs - agoMs, toMs: nowMs - agoMs + forMs, trouble },
  ];
  const web = { team: 'web', env: 'prod' };
  const pay = { team: 'payments', env: 'prod' };
  const platform = { team: 'platform', env: 'prod' };
  return [
    check('shop/storefront', 'https://shop.example.com/', web, 82, { certificateDays: 74 }, nowMs),
    check(
      'shop/checkout-api',
      'https://checkout.example.com:8443/healthz',
      { ...pay, tier: '1' },
      46,
      {
        certificateDays: 51,
        outages: [
          ...past('failing', 9 * HOUR_MS, 7 * MINUTE_MS),
          ...lasting('refused', 12 * MINUTE_MS + 8000),
        ],
      },
      nowMs,
    ),
    check(
      'shop/search',
      'https://search.example.com/v2/suggest?q=shoe',
      web,
      138,
      { certificateDays: 74, outages: past('failing', 47_000, 33_000), flakiness: 0.04 },
      nowMs,
    ),
    check('shop/cart', 'https://cart.example.com/ready', web, 31, { certificateDays: 74 }, nowMs),
    check(
      'payments/card-gateway',
      'https://gateway.cards.example.net/v1/ping',
      { ...pay, tier: '1' },
      210,
      {
        certificateDays: 33,
        outages: [
          ...past('silent', 3 * HOUR_MS, 18 * MINUTE_MS),
          ...lasting('silent', 3 * MINUTE_MS + 20_000),
        ],
      },
      nowMs,
    ),
    check('payments/ledger-db', 'ledger.internal.example.com:5432', pay, 1.9, {}, nowMs),
    check(
      'payments/invoices',
      'https://invoices.example.com/health',
      pay,
      64,
      { certificateDays: 51, flakiness: 0.004 },
      nowMs,
    ),
    check(
      'platform/legacy-login',
      'https://login.example.com/',
      platform,
      96,
      { certificateDays: 6, redirects: ['http://login.example.com/'] },
      nowMs,
    ),
    check(
      'platform/docs',
      'https://docs.example.com/start',
      platform,
      120,
      {
        certificateDays: 61,
        redirects: ['http://docs.example.com/', 'https://docs.example.com/'],
        silences: [{ fromMs: nowMs - 31 * MINUTE_MS, toMs: nowMs - 22 * MINUTE_MS }],
      },
      nowMs,
    ),
    check(
      'platform/metrics',
      'https://metrics.example.com/federate',
      platform,
      40,
      { outages: lasting('secret', 40 * DAY_MS), startedAtMs: nowMs - 2 * HOUR_MS },
      nowMs,
    ),
    check('platform/mail-relay', 'mail.example.com:25', platform, 14, {}, nowMs),
    check(
      `platform/${LONG_NAME}`,
      'https://a-very-long-host-name.of-a-department.in-a-large-company.example.com/with/a/path',
      platform,
      55,
      { certificateDays: 88 },
      nowMs,
    ),
    check(
      'platform/batch-report',
      'https://reports.example.com/last',
      { ...platform, env: 'staging' },
      310,
      { paused: true, certificateDays: 40 },
      nowMs,
    ),
    check(
      'platform/new-service',
      'https://new.example.com/',
      { ...platform, env: 'staging' },
      70,
      { startedAtMs: nowMs + DAY_MS },
      nowMs,
    ),
  ];
}

/** What the first run shows: the demo's own targets. */
export function demoChecks(nowMs: number): FixtureCheck[] {
  const startedAtMs = nowMs - 4 * MINUTE_MS;
  const demo = { demo: 'yes' };
  const make = (
    name: string,
    path: string,
    baseMs: number,
    more: Partial<FixtureCheck>,
  ): FixtureCheck =>
    check(
      `demo/${name}`,
      `http://127.0.0.1:38211/${path}`,
      demo,
      baseMs,
      { intervalMs: 5000, startedAtMs, ...more },
      nowMs,
    );
  return [
    make('fast', 'fast', 1.4, {}),
    make('slow', 'slow', 640, {}),
    make('flaky', 'flaky', 3, { flakiness: 0.25 }),
    make('expiring-certificate', 'certificate', 6, { certificateDays: 9 }),
    make('silent-port', 'silent', 5000, {
      outages: [{ fromMs: startedAtMs, toMs: Number.POSITIVE_INFINITY, trouble: 'silent' }],
    }),
  ];
}

const WORDS = [
  'account',
  'address',
  'basket',
  'billing',
  'booking',
  'catalog',
  'coupon',
  'delivery',
  'fraud',
  'identity',
  'image',
  'ledger',
  'mail',
  'order',
  'price',
  'profile',
  'queue',
  'report',
  'review',
  'session',
  'stock',
  'tax',
  'token',
  'wallet',
] as const;
const ROLES = ['api', 'db', 'cache', 'worker', 'edge', 'admin', 'sync', 'feed'] as const;
const REGIONS = ['eu-west', 'eu-north', 'us-east', 'ap-south'] as const;
const LASTING: readonly TroubleName[] = ['refused', 'silent', 'failing', 'unknown-name', 'body'];

/** A large estate: some dozens of namespaces, nearly all well. */
export function manyChecks(count: number, nowMs: number): FixtureCheck[] {
  const used = new Set<string>();
  return Array.from({ length: count }, (_, index) => {
    const namespace = WORDS[index % WORDS.length] ?? 'account';
    const region = choose(REGIONS, `region ${index}`);
    const role = choose(ROLES, `role ${index}`);
    let key = `${namespace}/${role}-${region}-${Math.floor(index / WORDS.length)}`;
    if (used.has(key)) key += `-${index}`;
    used.add(key);
    const luck = chanceOf(`luck ${index}`);
    const forMs = chanceOf(`for ${index}`) * 50 * MINUTE_MS + 30_000;
    const outages: Outage[] =
      luck < 0.004
        ? [
            {
              fromMs: nowMs - forMs,
              toMs: Number.POSITIVE_INFINITY,
              trouble: choose(LASTING, `t ${index}`),
            },
          ]
        : luck < 0.012
          ? [{ fromMs: nowMs - 110_000, toMs: nowMs - 40_000, trouble: 'failing' }]
          : [];
    const more: Partial<FixtureCheck> = {
      outages,
      intervalMs: 30_000,
      certificateDays: 30 + Math.floor(luck * 200),
      ...(luck > 0.996 ? { startedAtMs: nowMs + DAY_MS } : {}),
    };
    return check(
      key,
      `https://${role}.${region}.${namespace}.example.com/healthz`,
      { role, region, env: luck > 0.8 ? 'staging' : 'prod' },
      5 + luck * 180,
      more,
      nowMs,
    );
  });
}

function check(
  key: string,
  target: string,
  labels: Record<string, string>,
  baseMs: number,
  more: Partial<FixtureCheck>,
  nowMs: number,
): FixtureCheck {
  const at = key.indexOf('/');
  return {
    namespace: key.slice(0, at),
    name: key.slice(at + 1),
    kind: target.includes('://') ? 'http' : 'tcp',
    target,
    labels,
    intervalMs: 10_000,
    timeoutMs: 5000,
    paused: false,
    baseMs,
    flakiness: 0,
    outages: [],
    silences: [],
    redirects: [],
    extraRunsMs: [],
    startedAtMs: nowMs - 30 * DAY_MS,
    places: ['local'],
    silentPlaces: [],
    ...more,
  };
}
