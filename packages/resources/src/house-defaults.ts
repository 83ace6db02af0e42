// What holds when a file says nothing about the house as a whole.

import type { EgressPolicy } from './compiled-check.ts';

/**
 * Probes are sent where a file says, and files may be written by many: the addresses below are never
 * a service, but can be abused (cloud metadata hands out credentials). A narrower `allow` opens one.
 */
export const DEFAULT_EGRESS: Readonly<EgressPolicy> = Object.freeze({
  deny: [
    '0.0.0.0/8', // "this network", reaches the machine itself on many systems
    '169.254.0.0/16', // link-local, with the metadata service of most clouds
    '224.0.0.0/4', // multicast
    '255.255.255.255/32', // broadcast
    '::/128', // unspecified
    'fd00:ec2::254/128', // metadata service of AWS
    'fe80::/10', // link-local
    'ff00::/8', // multicast
  ],
  allow: [],
});

/** How long each grain of results is kept. */
export interface Retention {
  rawMs: number;
  minuteMs: number;
  hourMs: number;
}

const DAY_MS = 86_400_000;

/** A week to look into, a month to compare, a year and its season to plan. */
export const DEFAULT_RETENTION: Readonly<Retention> = Object.freeze({
  rawMs: 7 * DAY_MS,
  minuteMs: 30 * DAY_MS,
  hourMs: 400 * DAY_MS,
});
