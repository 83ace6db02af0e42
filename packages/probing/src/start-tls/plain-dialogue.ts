// The talk before TLS, on a connection that is still plain: it says what the script says and ends at
// the script's word, at an error, at a bound or at the abort, whichever comes first. The socket is
// left whole for TLS only when the script said go; else it is destroyed.

import { type Fault, type FaultCode, fault } from '@holdfast/kernel';
import { abortFault } from '../abort.ts';
import { brokenFault, type SystemError } from '../dial/connect-fault.ts';
import type { PhaseLog } from '../phase-log.ts';
import type { Connection } from '../prober.ts';
import type { StartTlsScript } from './start-tls-script.ts';

/** SMTP allows 512, and greetings of some servers are longer. */
const LINE_BYTES_MAX = 2048;
/** An EHLO answer has some twenty lines. */
const TALK_BYTES_MAX = 16 * 1024;
const LIMIT_CURE =
  'The port talks without coming to TLS: check that it is the one for this protocol.';

/** undefined = TLS may begin. `heard` = what the peer has said already. */
export function talkPlain(
  connection: Connection,
  script: StartTlsScript,
  log: PhaseLog,
  signal: AbortSignal,
  heard?: Buffer,
): Promise<Fault | undefined> {
  return new Promise((resolve) => {
    const dialogue = new PlainDialogue(connection, script, log, signal, resolve);
    dialogue.begin();
    if (heard !== undefined) connection.receive(heard);
  });
}

class PlainDialogue {
  readonly #connection: Connection;
  readonly #script: StartTlsScript;
  readonly #log: PhaseLog;
  readonly #signal: AbortSignal;
  readonly #resolve: (fault: Fault | undefined) => void;
  readonly #onClosed = () => this.#closed();
  readonly #onError = (error: SystemError) =>
    this.#end(brokenFault(error, this.#log.running ?? 'wait'));
  /** Said by the peer and not taken yet. */
  #heard = '';
  #heardBytes = 0;
  #ended = false;

  constructor(
    connection: Connection,
    script: StartTlsScript,
    log: PhaseLog,
    signal: AbortSignal,
    resolve: (fault: Fault | undefined) => void,
  ) {
    this.#connection = connection;
    this.#script = script;
    this.#log = log;
    this.#signal = signal;
    this.#resolve = resolve;
  }

  begin(): void {
    if (this.#signal.aborted) {
      this.handleEvent();
      return;
    }
    const { socket } = this.#connection;
    this.#signal.addEventListener('abort', this);
    socket.on('end', this.#onClosed);
    socket.on('close', this.#onClosed);
    socket.on('error', this.#onError);
    this.#connection.receive = (bytes) => this.#hear(bytes);
    if (this.#script.opening === undefined) this.#log.begin('wait');
    else this.#say(this.#script.opening);
  }

  /** Aborted. */
  handleEvent(): void {
    this.#end(abortFault(this.#signal, this.#log.running));
  }

  #say(text: string): void {
    const { socket } = this.#connection;
    this.#log.begin('write');
    socket.write(text, 'latin1', () => this.#said());
    // Nearly always the kernel takes it all at once; the callback comes a turn too late then.
    if (socket.writableLength === 0) this.#said();
  }

  #said(): void {
    if (!this.#ended && this.#log.running === 'write') this.#log.begin('wait');
  }

  #hear(bytes: Buffer): void {
    if (this.#ended) return;
    this.#heardBytes += bytes.length;
    if (this.#heardBytes > TALK_BYTES_MAX) {
      this.#fail('PROTOCOL_LIMIT_EXCEEDED', `It said more than ${TALK_BYTES_MAX} bytes.`);
      return;
    }
    this.#heard += bytes.toString('latin1');
    for (let unit = this.#nextUnit(); unit !== undefined; unit = this.#nextUnit()) {
      this.#take(unit);
      if (this.#ended) return;
    }
    if (this.#heard.length > LINE_BYTES_MAX) {
      this.#fail('PROTOCOL_LIMIT_EXCEEDED', `A line is longer than ${LINE_BYTES_MAX} bytes.`);
    }
  }

  #nextUnit(): string | undefined {
    const end = this.#script.unit === 'byte' ? 0 : this.#heard.indexOf('\n');
    if (end < 0 || this.#heard === '') return undefined;
    const unit = this.#heard.slice(0, end + 1);
    this.#heard = this.#heard.slice(end + 1);
    return this.#script.unit === 'byte' ? unit : unit.replace(/\r?\n$/, '');
  }

  #take(unit: string): void {
    const step = this.#script.take(unit);
    if (step === 'more') return;
    if (step === 'go') this.#go();
    else if ('fault' in step) this.#end(step.fault);
    else this.#say(step.send);
  }

  /** What follows the go in plain could be from somebody between us and the server. */
  #go(): void {
    if (this.#heard === '') this.#end(undefined);
    else this.#fail('PROTOCOL_INVALID_ANSWER', 'It went on in plain after it had agreed to TLS.');
  }

  #closed(): void {
    if (this.#ended) return;
    this.#fail('PROTOCOL_CLOSED_EARLY', 'It closed the connection before TLS could begin.');
  }

  #fail(code: FaultCode, message: string): void {
    const cure = code === 'PROTOCOL_LIMIT_EXCEEDED' ? LIMIT_CURE : undefined;
    this.#end(fault(code, `In plain, before TLS: ${message}`, this.#log.running, cure));
  }

  #end(outcome: Fault | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#log.end();
    const { socket } = this.#connection;
    this.#signal.removeEventListener('abort', this);
    socket.off('end', this.#onClosed);
    socket.off('close', this.#onClosed);
    socket.off('error', this.#onError);
    if (outcome !== undefined) socket.destroy();
    this.#resolve(outcome);
  }
}
