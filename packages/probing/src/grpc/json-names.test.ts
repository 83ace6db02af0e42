import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import { nameForJson } from './json-names.ts';

test('fields get the names that protoc gives, in nested messages too; written ones stay', () => {
  const field = ['in_stock', 'a', 'foo_1', 'foo__bar_', '_x', 'Kept_As'].map((name) => ({ name }));
  const named = { name: 'odd_one', jsonName: 'mine' };
  const file = create(FileDescriptorProtoSchema, {
    messageType: [{ nestedType: [{ field: [...field, named] }] }],
    extension: [{ name: 'an_extension' }],
  });
  nameForJson(file);
  const [outer] = file.messageType;
  assert.deepEqual(
    outer?.nestedType[0]?.field.map(({ jsonName }) => jsonName),
    ['inStock', 'a', 'foo1', 'fooBar', 'X', 'KeptAs', 'mine'],
  );
  assert.equal(file.extension[0]?.jsonName, 'anExtension');
});
