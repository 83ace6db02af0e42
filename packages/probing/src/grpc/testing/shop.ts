// A small shop as descriptors and as a server: two files, one importing the other, with a unary, a
// server-streaming and a client-streaming method, and a reflection service that serves them.

import {
  clone,
  create,
  createFileRegistry,
  fromBinary,
  fromJson,
  type JsonValue,
  toBinary,
  toJson,
} from '@bufbuild/protobuf';
import { BinaryReader, BinaryWriter } from '@bufbuild/protobuf/wire';
import {
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
} from '@bufbuild/protobuf/wkt';
import { nameForJson } from '../json-names.ts';
import type { Handler } from './grpc-server.ts';

const { STRING, INT64, BOOL, INT32, MESSAGE } = FieldDescriptorProto_Type;
const OPTIONAL = FieldDescriptorProto_Label.OPTIONAL;

function field(name: string, number: number, type: FieldDescriptorProto_Type, typeName = '') {
  return { name, number, type, label: OPTIONAL, ...(typeName === '' ? {} : { typeName }) };
}

const common = create(FileDescriptorProtoSchema, {
  name: 'shop/common.proto',
  package: 'shop',
  syntax: 'proto3',
  messageType: [{ name: 'Money', field: [field('cents', 1, INT64)] }],
});

const shop = create(FileDescriptorProtoSchema, {
  name: 'shop/shop.proto',
  package: 'shop',
  syntax: 'proto3',
  dependency: ['shop/common.proto'],
  messageType: [
    { name: 'Wish', field: [field('name', 1, STRING), field('count', 2, INT32)] },
    {
      name: 'Item',
      field: [
        field('name', 1, STRING),
        field('price', 2, MESSAGE, '.shop.Money'),
        field('in_stock', 3, BOOL),
        field('number', 4, INT32),
      ],
    },
  ],
  service: [
    {
      name: 'Shop',
      method: [
        { name: 'Get', inputType: '.shop.Wish', outputType: '.shop.Item' },
        { name: 'List', inputType: '.shop.Wish', outputType: '.shop.Item', serverStreaming: true },
        { name: 'Fill', inputType: '.shop.Wish', outputType: '.shop.Item', clientStreaming: true },
      ],
    },
  ],
});

export const SHOP_FILES: readonly FileDescriptorProto[] = [shop, common];
/** As `protoc --descriptor_set_out` writes it, though in no good order. */
export const SHOP_SET = Buffer.from(
  toBinary(FileDescriptorSetSchema, create(FileDescriptorSetSchema, { file: [...SHOP_FILES] })),
).toString('base64');

/** The files above name nothing for JSON, as those of some servers do. */
const registry = createFileRegistry(
  create(FileDescriptorSetSchema, { file: [common, shop].map(namedForJson) }),
);

function namedForJson(file: FileDescriptorProto): FileDescriptorProto {
  const copy = clone(FileDescriptorProtoSchema, file);
  nameForJson(copy);
  return copy;
}

export function encodeItem(json: JsonValue): Uint8Array {
  return toBinary(messageType('shop.Item'), fromJson(messageType('shop.Item'), json));
}

export function decodeWish(bytes: Uint8Array): JsonValue {
  return toJson(messageType('shop.Wish'), fromBinary(messageType('shop.Wish'), bytes));
}

function messageType(name: string) {
  const found = registry.getMessage(name);
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
}

export interface ReflectionWish {
  /** Give each file with all that it imports at once, as some servers do. */
  whole?: boolean;
  files?: readonly FileDescriptorProto[];
}

/** Serves ServerReflectionInfo, either version. */
export function reflection({ whole = false, files = SHOP_FILES }: ReflectionWish = {}): Handler {
  return (call) => {
    call.head();
    call.onEnd = () => call.finish(0);
    call.onMessage = (message) => {
      const { number, text } = question(message);
      const found = files.find(
        (file) =>
          (number === 3 && file.name === text) ||
          (number === 4 && file.service.some(({ name }) => `${file.package}.${name}` === text)),
      );
      if (found === undefined) call.send(refusal(text));
      else call.send(answerOf(whole ? files : [found]));
    };
  };
}

export function answerOf(files: readonly FileDescriptorProto[]): Uint8Array {
  const writer = new BinaryWriter().tag(4, 2).fork();
  for (const file of files) {
    writer.tag(1, 2).bytes(toBinary(FileDescriptorProtoSchema, file));
  }
  return writer.join().finish();
}

function refusal(symbol: string): Uint8Array {
  const error = new BinaryWriter().tag(7, 2).fork();
  return error.tag(1, 0).int32(5).tag(2, 2).string(`unknown: ${symbol}`).join().finish();
}

function question(message: Uint8Array): { number: number; text: string } {
  const reader = new BinaryReader(message);
  const [number] = reader.tag();
  return { number, text: reader.string() };
}
