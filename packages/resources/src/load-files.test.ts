// The files that a configuration names: included ones, lists of targets, descriptor sets. Their
// problems name them, and whatever they say, the answer is a value.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { formatProblem, type ListFiles, type Loaded, loadConfiguration } from './load.ts';

describe('files that a file names', () => {
  const loadFrom = (files: Record<string, string>, main: string, listFiles?: ListFiles) =>
    loadConfiguration({
      file: 'conf/main.yaml',
      text: main,
      readFile: (path) => {
        const text = files[path.replaceAll('\\', '/')];
        if (text === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
        return text;
      },
      ...(listFiles === undefined ? {} : { listFiles }),
    });
  const said = (loaded: Loaded) =>
    loaded.ok ? [] : loaded.problems.map((problem) => formatProblem(problem));
  const check = (name: string) => `checks: [{name: ${name}, target: "http://${name}.example"}]`;

  test('paths in an included file are relative to it, and problems name it', () => {
    const files = {
      'sub/a.yaml': '{include: more/b.yaml, checks: [{name: a, targetsFile: a.txt}]}',
      'sub/more/b.yaml': check('b'),
      'sub/a.txt': 'http://x.example\nnothing',
    };
    assert.deepEqual(said(loadFrom(files, 'include: sub/a.yaml')), [
      'conf/sub/a.txt:2:1: targets[1]: does not tell its kind (found "nothing") — write https://nothing, or add type: http',
    ]);
    const good = loadFrom({ ...files, 'sub/a.txt': 'http://x.example' }, 'include: sub/a.yaml');
    assert.ok(good.ok);
    assert.equal(good.configuration.sourceOf('default', 'b'), 'conf/sub/more/b.yaml:1:17');
    assert.equal(good.configuration.sourceOf('default', 'a-x.example'), 'conf/sub/a.txt:1:1');
  });

  test('patterns: without a lister refused, failing told, own file skipped, each file once', () => {
    assert.match(said(loadFrom({}, 'include: "*.yaml"')).join(), /pattern, which cannot be used/);
    const failing = () => {
      throw Object.assign(new Error(), { code: 'EACCES' });
    };
    assert.match(said(loadFrom({}, 'include: "*.yaml"', failing)).join(), /looked up \(EACCES\)/);
    const files = { 'a.yaml': check('a'), 'b.yaml': `${check('b')}\ninclude: "*.yaml"` };
    const loaded = loadFrom(files, 'include: ["*.yaml", ./a.yaml]', () => [
      'main.yaml',
      'b.yaml',
      'a.yaml',
    ]);
    assert.ok(loaded.ok, said(loaded).join());
    assert.deepEqual(
      loaded.configuration.checks.map(({ name }) => name),
      ['a', 'b'],
    );
  });

  test('number and size are bounded over all files', () => {
    const names = Array.from({ length: 1_001 }, (_, index) => `f${index}.yaml`);
    const files = Object.fromEntries(names.map((name) => [name, '{}']));
    const many = said(loadFrom(files, 'include: "*.yaml"', () => names));
    assert.match(many.join(), /more than 1,000 files/);
    const large = `checks: [${'{name: x},'.repeat(20_000)}]`;
    const sum = said(
      loadFrom(
        {
          'a.yaml': '{}',
          'b.yaml': large,
          'c.yaml': large,
          'd.yaml': large,
          'e.yaml': large,
          'f.yaml': large,
          'g.yaml': large,
          'h.yaml': large,
        },
        'include: [b.yaml, c.yaml, d.yaml, e.yaml, f.yaml, g.yaml, h.yaml]',
      ),
    );
    assert.match(sum.join(), /over 250,000 values/);
    const text = `# ${'x'.repeat(4 * 1024 * 1024)}`;
    const long = said(
      loadFrom(
        { 'a.yaml': text, 'b.yaml': text, 'c.yaml': text },
        'include: [a.yaml, b.yaml, c.yaml]',
      ),
    );
    assert.match(long.join(), /over 10 MiB/);
  });

  test('a descriptor set is asked for in base64', () => {
    const asked: unknown[] = [];
    const loaded = loadConfiguration({
      file: 'a.yaml',
      text: 'checks: [{name: a, target: "grpc://a:1", method: a.B/C, descriptorSet: x.binpb}]',
      readFile: (path, encoding) => {
        asked.push(path, encoding);
        return Buffer.from([0x0a, 1, 0]).toString('base64');
      },
    });
    assert.ok(loaded.ok, said(loaded).join());
    assert.deepEqual(asked, ['x.binpb', 'base64']);
    const [compiled] = loaded.configuration.checks;
    assert.ok(compiled?.spec.kind === 'grpc');
    assert.equal(compiled.spec.call?.descriptorSet, 'CgEA');
  });

  test('never throws, whatever the files say', () => {
    const name = fc.constantFrom(
      'a.yaml',
      'b.yaml',
      'sub/a.yaml',
      '../a.yaml',
      '*.yaml',
      'a.toml',
      '',
    );
    const content = fc.oneof(
      fc.string(),
      fc.array(name).map((names) => `include: ${JSON.stringify(names)}`),
      fc.array(name).map((names) =>
        JSON.stringify({
          checks: names.map((one, at) => ({ name: `c${at}`, targetsFile: one })),
        }),
      ),
    );
    const tree = fc.dictionary(name, content);
    fc.assert(
      fc.property(tree, content, fc.array(name), (files, main, listed) => {
        const loaded = loadFrom(files, main, () => listed);
        for (const line of said(loaded)) assert.doesNotMatch(line, /fault of Holdfast/);
      }),
      { numRuns: 400 },
    );
  });
});
