import assert from 'node:assert/strict';
import { test } from 'node:test';
import { searchOffers } from './palette-search.ts';

const offers = [
  'shop/checkout',
  'shop/checkout-api',
  'payments/pre-check',
  'Checks',
  'bankcheck',
].map((text) => ({ text, hint: 'team=web' }));
const found = (query: string) => searchOffers(offers, query).map((offer) => offer.text);

test('beginnings first, then words, then letters inside', () => {
  assert.deepEqual(found('check'), [
    'Checks',
    'shop/checkout',
    'shop/checkout-api',
    'payments/pre-check',
    'bankcheck',
  ]);
});

test('every word must occur, in the text or the hint', () => {
  assert.deepEqual(found('shop api'), ['shop/checkout-api']);
  assert.deepEqual(found('web pre'), ['payments/pre-check']);
  assert.deepEqual(found('shop zebra'), []);
});

test('an empty query offers everything in order', () => {
  assert.equal(found(' ').length, offers.length);
});
