import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { similarWord } from './similar-word.ts';

const FIELDS = ['interval', 'timeout', 'target', 'targets', 'maxRedirects', 'ip'];

test('finds the word that was meant', () => {
  const meant: [string, string][] = [
    ['intervall', 'interval'],
    ['itnerval', 'interval'],
    ['timout', 'timeout'],
    ['Target', 'target'],
    ['max_redirects', 'maxRedirects'],
    ['maxredirect', 'maxRedirects'],
  ];
  for (const [written, word] of meant) assert.equal(similarWord(written, FIELDS), word, written);
});

test('stays silent when nothing is near', () => {
  for (const written of ['zebra', 'x', 'qq', '', 'x'.repeat(1000)]) {
    assert.equal(similarWord(written, FIELDS), undefined, written);
  }
});

test('a word among the candidates is always found, and the nearest wins', () => {
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[a-z]{3,10}$/), { minLength: 1 }),
      fc.nat(),
      (words, pick) => {
        const word = words[pick % words.length] ?? '';
        assert.equal(similarWord(word, words), word);
      },
    ),
  );
});
