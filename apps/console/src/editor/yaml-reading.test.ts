import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { yamlText } from '../parts/yaml-text.ts';
import { readYaml } from './yaml-reading.ts';

test('a file as people write it', () => {
  const text = `# our front door
checks:
  - name: front door
    target: https://shop.example.com/   # with TLS
    labels: {team: web}
    expect:
      status: [200, 204]
      that:
      - total_ms < 800.0
      - 'status == 200'
    body: |
      a: b
        c
  - name: "second"
`;
  assert.deepEqual(readYaml(text), {
    checks: [
      {
        name: 'front door',
        target: 'https://shop.example.com/',
        labels: { team: 'web' },
        expect: { status: [200, 204], that: ['total_ms < 800.0', 'status == 200'] },
        body: 'a: b\n  c\n',
      },
      { name: 'second' },
    ],
  });
});

test('what is beyond it is refused, not guessed', () => {
  for (const text of ['a: &x 1', 'a: *x', 'a: >\n  b', 'a: 1\na: 2', 'a: 1\n   b: 2', 'a: !!str b'])
    assert.equal(readYaml(text), undefined, text);
});

test('what the form writes is read back', () => {
  const word = fc.string({ minLength: 1, maxLength: 12 });
  const key = fc.stringMatching(/^[a-zA-Z_][\w-]{0,8}$/).filter((name) => name !== '__proto__');
  const leaf = fc.oneof(word, fc.integer(), fc.boolean());
  const { tree } = fc.letrec((tie) => ({
    tree: fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
    value: fc.oneof({ depthSize: 'small' }, leaf, tie('tree'), fc.array(leaf, { maxLength: 3 })),
  }));
  fc.assert(
    fc.property(tree, (given) => {
      const text = yamlText({ checks: [given] });
      if (text.includes('\t')) return;
      assert.deepEqual(readYaml(text), { checks: [given] }, text);
    }),
  );
});

test('lists within lists, and items that say nothing', () => {
  assert.deepEqual(readYaml('- \n- a'), [null, 'a']);
  assert.deepEqual(readYaml('a:\n- - 1\n  - 2\n- - x: y\n-'), { a: [[1, 2], [{ x: 'y' }], null] });
});

test('whatever the text, reading ends, and what is read can be written and read again', () => {
  const bits = fc.constantFrom(...['a', ': ', '\n', '  ', '- ', '[', ']', '{', '}'], ...`"'#|1, `);
  fc.assert(
    fc.property(fc.array(bits, { maxLength: 40 }), (parts) => {
      const read = readYaml(parts.join(''));
      if (read === undefined || typeof read !== 'object' || read === null) return;
      assert.deepEqual(readYaml(yamlText({ read })), { read });
    }),
    { numRuns: 5000 },
  );
});
