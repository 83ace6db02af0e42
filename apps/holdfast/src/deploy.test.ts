// What is deployed is what the commands take: the words and variables of the compose file are read by
// the command line's own parser, and each service waits for one that is there.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { parseCall } from './cli/parse-call.ts';
import { COMMANDS } from './command/commands.ts';
import { parseCoordination, parseEvents, parseResults } from './engine-address.ts';

interface Service {
  image: string;
  command?: string;
  environment?: Record<string, string>;
  depends_on?: Record<string, unknown>;
  volumes?: string[];
}

const compose: { services: Record<string, Service>; volumes: object } = parse(
  readFileSync(new URL('../../../deploy/compose/compose.yaml', import.meta.url), 'utf8'),
  { merge: true },
);
const services = Object.entries(compose.services);
const ours = services.filter(([, { image }]) => image === 'holdfast:local');

test('every command is one of ours, with options and variables that it has', () => {
  assert.equal(ours.length, 4);
  for (const [name, { command = '', environment = {} }] of ours) {
    const [verb, ...words] = command.split(' ');
    const found = COMMANDS.find((one) => one.name === verb);
    assert.ok(found, `${name}: ${verb}`);
    const call = parseCall(found, words, environment);
    assert.deepEqual(call.arguments, []);
    for (const variable of Object.keys(environment)) {
      const option = variable.replace('HOLDFAST_', '').toLowerCase().replaceAll('_', '-');
      assert.ok(
        found.options.some((one) => one.name === option),
        `${name}: ${variable}`,
      );
    }
  }
});

test('the engines’ addresses are addresses', () => {
  for (const [, { environment = {} }] of ours) {
    if (environment.HOLDFAST_COORDINATION === undefined) continue;
    assert.equal(parseCoordination(environment.HOLDFAST_COORDINATION).engine, 'etcd');
    assert.equal(parseEvents(environment.HOLDFAST_EVENTS ?? '').engine, 'redis');
    const results = (environment.HOLDFAST_RESULTS ?? '').replace(/\$\{[^}]+\}/, 'secret');
    assert.equal(parseResults(results).engine, 'postgres');
  }
});

test('what a service waits for and keeps is there', () => {
  for (const [name, { depends_on: waited = {}, volumes = [] }] of services) {
    for (const other of Object.keys(waited))
      assert.ok(other in compose.services, `${name}: ${other}`);
    for (const volume of volumes)
      assert.ok((volume.split(':')[0] ?? '') in compose.volumes, volume);
  }
});
