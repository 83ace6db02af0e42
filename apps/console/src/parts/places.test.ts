import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LocationState } from '@holdfast/resources/api';
import { badPlaces, parsePlace } from './places.ts';

const PLACES: LocationState[] = [
  { location: 'fra', state: 'up', stale: false },
  { location: 'nyc', state: 'down', stale: false },
  { location: 'sgp', state: 'down', stale: true },
];

test('a place that fell silent is not bad, whatever it said last', () => {
  assert.deepEqual(badPlaces(PLACES), ['nyc']);
  assert.deepEqual(badPlaces(undefined), []);
});

test('only a place of the check is taken from the address', () => {
  assert.equal(parsePlace('?place=nyc', PLACES), 'nyc');
  assert.equal(parsePlace('?place=mars', PLACES), undefined);
  assert.equal(parsePlace('?place=nyc', undefined), undefined);
  assert.equal(parsePlace('', PLACES), undefined);
});
