import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create, toBinary } from '@bufbuild/protobuf';
import {
  AnySchema,
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
  file_google_protobuf_any,
} from '@bufbuild/protobuf/wkt';
import fc from 'fast-check';
import { parseMethodName } from './method-name.ts';
import { methodOfFiles, methodOfSet, planMethod } from './method-plan.ts';
import { SHOP_FILES, SHOP_SET } from './testing/shop.ts';

const GET = { service: 'shop.Shop', method: 'Get' };

function file(name: string, ...dependency: string[]): FileDescriptorProto {
  return create(FileDescriptorProtoSchema, { name, syntax: 'proto3', dependency });
}

test('files may come in any order, imports shared', () => {
  const others = [file('a', 'c', 'b'), file('b', 'c', 'd'), file('c', 'd'), file('d')];
  fc.assert(
    fc.property(fc.shuffledSubarray([...SHOP_FILES, ...others], { minLength: 6 }), (files) => {
      assert.equal(methodOfFiles(files, GET, 'check').ok, true);
    }),
  );
});

test('what is wrong with descriptors is blamed on who gave them', () => {
  const circle = [file('a', 'b'), file('b', 'a')];
  const codes = (['check', 'server'] as const).map((giver) => {
    const found = methodOfFiles(circle, GET, giver);
    return !found.ok && found.fault.code;
  });
  assert.deepEqual(codes, ['PROBER_INVALID_CHECK', 'PROTOCOL_INVALID_ANSWER']);
});

test('random bytes are no descriptors, and bytes of real ones changed never throw', () => {
  const real = Buffer.from(SHOP_SET, 'base64');
  fc.assert(
    fc.property(fc.nat(real.length - 1), fc.nat(255), fc.uint8Array(), (at, value, random) => {
      const changed = Buffer.from(real);
      changed[at] = value;
      for (const bytes of [changed, Buffer.from(random)]) {
        const found = methodOfSet(bytes.toString('base64'), GET);
        if (found.ok) planMethod(found.value, { name: 'tea' });
        else assert.equal(found.fault.code, 'PROBER_INVALID_CHECK');
      }
    }),
  );
});

test('random bytes as a message are read or malformed, and never throw', () => {
  const found = methodOfSet(SHOP_SET, GET);
  assert.ok(found.ok);
  const plan = planMethod(found.value, {});
  assert.ok(plan.ok);
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const answer = plan.value.read(bytes);
      if (!answer.ok) assert.equal(answer.fault.code, 'PROTOCOL_INVALID_ANSWER');
    }),
  );
});

test('a message that holds one of an unknown type has no JSON, and says so', () => {
  const service = create(FileDescriptorProtoSchema, {
    name: 'box.proto',
    package: 'box',
    syntax: 'proto3',
    dependency: ['google/protobuf/any.proto'],
    service: [
      {
        name: 'Box',
        method: [
          {
            name: 'Open',
            inputType: '.google.protobuf.Any',
            outputType: '.google.protobuf.Any',
          },
        ],
      },
    ],
  });
  const set = create(FileDescriptorSetSchema, { file: [service, file_google_protobuf_any.proto] });
  const encoded = Buffer.from(toBinary(FileDescriptorSetSchema, set)).toString('base64');
  const found = methodOfSet(encoded, { service: 'box.Box', method: 'Open' });
  assert.ok(found.ok);
  const plan = planMethod(found.value, {});
  assert.ok(plan.ok);
  const any = create(AnySchema, { typeUrl: 'type.test/box.Unknown', value: new Uint8Array(2) });
  const answer = plan.value.read(toBinary(AnySchema, any));
  assert.ok(answer.ok);
  assert.equal('json' in answer.value, false);
  assert.match(answer.value.jsonProblem ?? '', /box\.Unknown/);
});

test('names of methods', () => {
  assert.deepEqual(parseMethodName('/a.b.C/Do'), { service: 'a.b.C', method: 'Do' });
  assert.deepEqual(parseMethodName('C/Do'), { service: 'C', method: 'Do' });
  for (const text of ['', 'C', 'C/', '/Do', 'a..C/Do', 'C/D/E', 'C/Do?x', ' C/Do']) {
    assert.equal(parseMethodName(text), undefined, text);
  }
});
