// From descriptors to a call: finds the method, makes the request of JSON and turns answers into
// JSON. This file and what it imports carry the protobuf library; it is only loaded for checks that
// have a `call`. Descriptors may come from anyone: whatever is wrong with them is told, never thrown.

import {
  create,
  createFileRegistry,
  type DescMethod,
  type FileRegistry,
  fromBinary,
  fromJson,
  type JsonValue,
  toBinary,
  toJson,
} from '@bufbuild/protobuf';
import { type FileDescriptorProto, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { type Fault, type FaultCode, fault } from '@holdfast/kernel';
import type { Outcome } from '../prober.ts';
import type { Answer, CallPlan } from './call-plan.ts';
import { nameForJson } from './json-names.ts';
import { type MethodName, pathOf } from './method-name.ts';

export interface FoundMethod {
  method: DescMethod;
  /** Of the method's file and all that it imports. */
  registry: FileRegistry;
}

type Failure = { ok: false; fault: Fault };

/** `encoded`: a FileDescriptorSet in base64, with all imports. */
export function methodOfSet(encoded: string, name: MethodName): Outcome<FoundMethod> {
  try {
    const { file } = fromBinary(FileDescriptorSetSchema, Buffer.from(encoded, 'base64'));
    return methodOfFiles(file, name, 'check');
  } catch (error) {
    return invalid(`The descriptor set cannot be read: ${(error as Error).message}.`);
  }
}

/** Who gave the descriptors is to blame for what is wrong with them. */
export type Giver = 'check' | 'server';

export function methodOfFiles(
  files: readonly FileDescriptorProto[],
  name: MethodName,
  giver: Giver,
): Outcome<FoundMethod> {
  try {
    const sorted = importsFirst(files);
    for (const file of sorted) nameForJson(file);
    const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: sorted }));
    const service = registry.getService(name.service);
    const method = service?.methods.find((one) => one.name === name.method);
    if (method !== undefined) return { ok: true, value: { method, registry } };
    const text = `The descriptors have no method ${name.service}/${name.method}.`;
    return failed(giver === 'server' ? 'REFUSED_BY_SERVER' : 'PROBER_INVALID_CHECK', text);
  } catch (error) {
    const text = `The descriptors do not hold together: ${(error as Error).message}.`;
    return failed(giver === 'server' ? 'PROTOCOL_INVALID_ANSWER' : 'PROBER_INVALID_CHECK', text);
  }
}

/** `payload`: the request as JSON. */
export function planMethod({ method, registry }: FoundMethod, payload: unknown): Outcome<CallPlan> {
  const { methodKind, input, parent } = method;
  if (methodKind !== 'unary' && methodKind !== 'server_streaming') {
    return invalid(`${parent.typeName}/${method.name} takes a stream of requests.`);
  }
  try {
    // Nothing written is an empty request.
    const message = fromJson(input, (payload ?? {}) as JsonValue, { registry });
    const plan: CallPlan = {
      path: pathOf({ service: parent.typeName, method: method.name }),
      request: toBinary(input, message),
      streaming: methodKind === 'server_streaming',
      read: (bytes) => readAnswer({ method, registry }, bytes),
    };
    return { ok: true, value: plan };
  } catch (error) {
    return invalid(`The payload is no ${input.typeName}: ${(error as Error).message}.`);
  }
}

/** As protojson has it: lowerCamel names, 64-bit integers as text, bytes as base64; defaults included. */
function readAnswer({ method, registry }: FoundMethod, bytes: Uint8Array): Outcome<Answer> {
  const { output } = method;
  try {
    const message = fromBinary(output, bytes);
    return {
      ok: true,
      value: jsonOf(() => toJson(output, message, { registry, ...JSON_OPTIONS })),
    };
  } catch (error) {
    const text = `The message is no ${output.typeName}: ${(error as Error).message}.`;
    return failed('PROTOCOL_INVALID_ANSWER', text);
  }
}

/** So that `count: 0` and `ready: false` can be expected and asked for by rules. */
const JSON_OPTIONS = { alwaysEmitImplicit: true };

/** An Any of a type that no descriptor tells is a fine message without JSON. */
function jsonOf(write: () => unknown): Answer {
  try {
    return { json: write() };
  } catch (error) {
    return { jsonProblem: (error as Error).message };
  }
}

/** The registry wants each file after those it imports. Files that import each other stay as they are. */
function importsFirst(files: readonly FileDescriptorProto[]): FileDescriptorProto[] {
  const byName = new Map(files.map((file) => [file.name, file]));
  const sorted = new Set<FileDescriptorProto>();
  const seen = new Set<FileDescriptorProto>();
  const pending = [...byName.values()];
  while (pending.length > 0) {
    const file = pending.pop();
    if (file === undefined || sorted.has(file)) continue;
    if (seen.has(file)) {
      sorted.add(file);
      continue;
    }
    seen.add(file);
    const imports = file.dependency.map((name) => byName.get(name));
    // It comes up again once all that it imports are through.
    pending.push(
      file,
      ...(imports.filter((one) => one !== undefined && !seen.has(one)) as FileDescriptorProto[]),
    );
  }
  return [...sorted];
}

function invalid(message: string): Failure {
  return failed('PROBER_INVALID_CHECK', message);
}

function failed(code: FaultCode, message: string): Failure {
  return { ok: false, fault: fault(code, message) };
}
