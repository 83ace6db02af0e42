// Asks a server for the descriptors of a method: first the file that has the service, then whatever
// is imported and was not sent along, all over one stream of ServerReflectionInfo. The protocol is
// the same in v1 and v1alpha but for its name; servers that lack the first are asked by the second.

import { type Fault, fault } from '@holdfast/kernel';
import type { Outcome } from '../prober.ts';
import type { GrpcSession } from './grpc-session.ts';
import { statusFault } from './grpc-status.ts';
import type { Metadata } from './metadata.ts';
import type { MethodName } from './method-name.ts';
import { FILES_BYTES_MAX, FILES_MAX, ReflectedFiles } from './reflected-files.ts';
import type { Rpc } from './rpc.ts';
import { readFields, textField } from './wire.ts';

export const REFLECTION_PATH = '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo';
export const OLD_REFLECTION_PATH = '/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo';

/** Field numbers of grpc/reflection/v1/reflection.proto. */
const FILE_BY_FILENAME = 3;
const FILE_CONTAINING_SYMBOL = 4;
const FILE_DESCRIPTOR_RESPONSE = 4;
const FILE_DESCRIPTOR_PROTO = 1;
const ERROR_RESPONSE = 7;
const ERROR_MESSAGE = 2;

const UNIMPLEMENTED = 12;
/** What stands for it where a proxy answers (grpc/doc/http-grpc-status-mapping.md). */
const HTTP_NOT_FOUND = 404;
const CURE = 'Turn on server reflection, or give `descriptorSet` with the check.';
const SAID_LENGTH_MAX = 200;

/** `headersFor` makes the headers of a call to a path. */
export async function reflect(
  session: GrpcSession,
  name: MethodName,
  headersFor: (path: string) => Metadata,
): Promise<Outcome<ReflectedFiles>> {
  const asking = new Asking(name.service);
  let ended = await asking.run(session, headersFor(REFLECTION_PATH));
  if (asking.unimplemented) {
    ended = await new Asking(name.service).run(session, headersFor(OLD_REFLECTION_PATH));
  }
  if (ended.ok) return ended;
  const message = `While asking for descriptors by reflection: ${ended.fault.message}`;
  return { ok: false, fault: { ...ended.fault, message } };
}

/** One stream of questions. */
class Asking {
  /** The server knows no such service as this reflection. */
  unimplemented = false;
  readonly #symbol: string;
  readonly #files = new ReflectedFiles();
  #rpc: Rpc | undefined;
  /** Questions whose answers have not come. */
  #open = 1;

  constructor(symbol: string) {
    this.#symbol = symbol;
  }

  async run(session: GrpcSession, headers: Metadata): Promise<Outcome<ReflectedFiles>> {
    let problem: Fault | undefined;
    // Files are small; what is not compressed need not be decompressed within bounds.
    const plain = { ...headers, 'grpc-accept-encoding': 'identity' };
    const called = session.call(plain, FILES_BYTES_MAX, {
      message: ({ bytes, compressed }) => {
        problem = compressed ? compressedFault() : this.#take(bytes);
        return problem === undefined && this.#open > 0;
      },
    });
    if (!called.ok) return called;
    this.#rpc = called.value;
    this.#rpc.send(textField(FILE_CONTAINING_SYMBOL, this.#symbol));
    const { status, httpStatus, fault: broken } = await this.#rpc.over;
    this.unimplemented = status?.code === UNIMPLEMENTED || httpStatus === HTTP_NOT_FOUND;
    const failure = problem ?? broken;
    if (failure !== undefined) return { ok: false, fault: failure };
    if (this.#open === 0) return { ok: true, value: this.#files };
    return { ok: false, fault: this.#endedEarly(status) };
  }

  #take(message: Uint8Array): Fault | undefined {
    const fields = readFields(message);
    const answer = fields?.findLast(({ number }) => number === FILE_DESCRIPTOR_RESPONSE)?.value;
    const error = fields?.findLast(({ number }) => number === ERROR_RESPONSE)?.value;
    if (error instanceof Uint8Array) return refusedFault(error);
    const files = answer instanceof Uint8Array ? readFields(answer) : undefined;
    if (files === undefined) {
      return fault('PROTOCOL_INVALID_ANSWER', 'the answer holds no files.', undefined, CURE);
    }
    const encoded = files
      .filter(({ number }) => number === FILE_DESCRIPTOR_PROTO)
      .map(({ value }) => value)
      .filter((value) => value instanceof Uint8Array);
    const problem = this.#files.add(encoded);
    if (problem === undefined) this.#askMissing();
    return problem;
  }

  #askMissing(): void {
    // Beyond the bound the files themselves are refused when they come.
    const missing = this.#files.takeMissing().slice(0, FILES_MAX + 1);
    for (const file of missing) this.#rpc?.send(textField(FILE_BY_FILENAME, file));
    this.#open += missing.length - 1;
  }

  #endedEarly(status: Parameters<typeof statusFault>[0] | undefined): Fault {
    if (status === undefined || status.code === 0) {
      return fault('PROTOCOL_CLOSED_EARLY', 'it ended before all files had come.', undefined, CURE);
    }
    return { ...statusFault(status, ['OK']), cure: CURE };
  }
}

function refusedFault(error: Uint8Array): Fault {
  const said = readFields(error)?.find(({ number }) => number === ERROR_MESSAGE)?.value;
  const words = said instanceof Uint8Array ? Buffer.from(said).toString() : 'no reason given';
  const text = `the server refused: ${words.slice(0, SAID_LENGTH_MAX)}.`;
  return fault('REFUSED_BY_SERVER', text, undefined, 'Check the name of the method.');
}

function compressedFault(): Fault {
  return fault('PROTOCOL_INVALID_ANSWER', 'an answer is compressed.', undefined, CURE);
}
