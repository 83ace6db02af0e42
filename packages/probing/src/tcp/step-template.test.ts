import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RunSecrets } from '../secrets.ts';
import { printable } from './peer-text.ts';
import { expandTemplate, fillTemplate, parseTemplate } from './step-template.ts';

const ENVIRONMENT = { P: '${1}', Q: '$${', R: 'secret' };

async function filled(text: string, groups: string[]): Promise<string> {
  const secrets = new RunSecrets({ environment: ENVIRONMENT, readFile: () => '' });
  const template = await fillTemplate(parseTemplate(text, true), secrets);
  assert.ok(template.ok);
  return expandTemplate(template.value, groups);
}

const FILLED: [string, string][] = [
  ['plain', 'plain'],
  ['a ${1} b ${2}${1}', 'a one b two.one'],
  ['$${1} $${env:R}', '${1} ${env:R}'],
  ['${env:P} ${1}', '${1} one'],
  ['${env:Q}1}', '$${1}'],
  ['${env:R}${9}', 'secret'],
  ['$1 {1} $', '$1 {1} $'],
];
for (const [text, expected] of FILLED) {
  test(`${text} becomes ${expected}`, async () =>
    assert.equal(await filled(text, ['all', 'one', 'two.']), expected));
}

test('a secret that is missing is told', async () => {
  const secrets = new RunSecrets({ environment: {}, readFile: () => '' });
  const template = await fillTemplate(parseTemplate('PASS ${env:NO} ${1}', true), secrets);
  assert.equal(template.ok ? '' : template.fault.code, 'PROBER_SECRET_MISSING');
});

test('what a peer said is never looked at for placeholders', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (found, text) => {
      const plain = text.replaceAll('$', '');
      const template = parseTemplate(`${plain}\${1}`, false);
      assert.equal(expandTemplate(template, ['', found]), plain + found);
    }),
  );
});

test('whatever a peer said, what is shown is printable and bounded', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 4, max: 50 }), (text, most) => {
      const shown = printable(text, most);
      assert.ok(shown.length <= most);
      assert.match(shown.replaceAll(/[\n\t]/g, ''), /^[^\p{Cc}\u202a-\u202e]*$/u);
      assert.ok(shown.isWellFormed());
    }),
  );
  assert.equal(printable('220-hi\r\n220 \x1b[31mred\r\n', 99), '220-hi\n220 \\x1b[31mred');
  assert.equal(printable('abcdef', 4), 'abc…');
});
