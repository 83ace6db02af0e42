// One gRPC measurement: the way to the server, the method's descriptors where they are not known
// yet, the call, its last message read. Phases are of the way and of the call alone; time spent on
// reflection is in none of them. It never throws for what the target does, and leaves no session or
// socket behind.

import { type Fault, fault } from '@holdfast/kernel';
import type { GrpcSpec } from '@holdfast/resources/compiled-check';
import type { ResultContext } from '@holdfast/resources/result';
import { untilAborted } from '../abort.ts';
import type { ByteStream } from '../byte-stream.ts';
import { reach } from '../dial/reach.ts';
import { decodeContent } from '../http/content-decoder.ts';
import { PhaseLog } from '../phase-log.ts';
import type { Connection, Outcome, ProbeContext } from '../prober.ts';
import { secure } from '../tls/handshake.ts';
import type { Answer, CallPlan } from './call-plan.ts';
import { findPlan } from './find-plan.ts';
import { type GrpcObservation, grpcDetail, type StreamTimes } from './grpc-observation.ts';
import { GrpcSession } from './grpc-session.ts';
import type { GrpcMessage } from './message-reader.ts';
import { callHeaders, fillMetadata, type Metadata } from './metadata.ts';
import type { RpcEnd } from './rpc.ts';
import { authorityOf } from './target.ts';

const ALPN = ['h2'];

export class GrpcRun {
  readonly #spec: GrpcSpec;
  readonly #context: ProbeContext;
  readonly #log: PhaseLog;
  readonly #facts: ResultContext = {};
  readonly #times: StreamTimes = {};
  #metadata: Metadata = {};
  #reflectionMs: number | undefined;
  #end: RpcEnd | undefined;
  /** Others of a stream are only counted. */
  #lastMessage: GrpcMessage | undefined;
  #answer: Answer | undefined;
  #streamed = 0;

  constructor(spec: GrpcSpec, context: ProbeContext) {
    this.#spec = spec;
    this.#context = context;
    this.#log = new PhaseLog(context);
  }

  /** To be called once. */
  async run(): Promise<GrpcObservation> {
    const measured = await this.#measure();
    const totalMs = this.#log.totalMs();
    const failure = measured.ok ? await this.#read(measured.value) : measured.fault;
    const end = this.#end;
    const answer = this.#answer;
    return {
      totalMs,
      phases: this.#log.phases,
      context: this.#facts,
      detail: grpcDetail({
        end,
        answer,
        times: this.#times,
        reflectionMs: this.#reflectionMs,
      }),
      atMs: this.#context.clock.wallMs(),
      ...(failure === undefined ? {} : { fault: failure }),
      ...(end?.status === undefined ? {} : { status: end.status }),
      ...(answer === undefined ? {} : { answer }),
    };
  }

  /** The plan of a call that came to its end. */
  async #measure(): Promise<Outcome<CallPlan>> {
    const { secrets, signal } = this.#context;
    const filling = fillMetadata(this.#spec.metadata, { secrets });
    const metadata = await untilAborted(filling, signal);
    if (!metadata.ok) return metadata;
    this.#metadata = metadata.value;
    const opened = await this.#open();
    if (!opened.ok) return opened;
    const target = { secure: this.#spec.secure, authority: authorityOf(this.#spec) };
    const session = new GrpcSession(opened.value, target, this.#context, this.#log);
    try {
      const plan = await this.#plan(session);
      if (!plan.ok) return plan;
      const failure = await this.#call(session, plan.value);
      return failure === undefined ? plan : { ok: false, fault: failure };
    } finally {
      session.close();
    }
  }

  async #open(): Promise<Outcome<ByteStream>> {
    const reached = await reach(this.#spec, this.#context, this.#log, this.#facts);
    if (!reached.ok) return reached;
    return this.#spec.secure ? this.#secure(reached.value) : reached;
  }

  async #secure(connection: Connection): Promise<Outcome<ByteStream>> {
    const spec = this.#spec.tls;
    const wish = { serverName: spec.serverName ?? this.#spec.host, spec, alpn: ALPN };
    const secured = await secure(connection, wish, this.#log, this.#context);
    if (secured.facts !== undefined) this.#facts.tls = secured.facts;
    if (!secured.outcome.ok) return secured.outcome;
    const { socket } = secured.outcome.value;
    if (socket.alpnProtocol === ALPN[0]) return secured.outcome;
    socket.destroy();
    const text = 'In the TLS handshake the server did not agree to speak HTTP/2 (ALPN h2).';
    return { ok: false, fault: fault('PROTOCOL_INVALID_ANSWER', text, 'tls') };
  }

  async #plan(session: GrpcSession): Promise<Outcome<CallPlan>> {
    const { clock } = this.#context;
    const startMs = clock.nowMs();
    const found = await findPlan(this.#spec, {
      session,
      clock,
      headersFor: (path) => this.#headersFor(path),
    });
    if (found.asked) this.#reflectionMs = Math.round((clock.nowMs() - startMs) * 1000) / 1000;
    return found.plan;
  }

  async #call(session: GrpcSession, plan: CallPlan): Promise<Fault | undefined> {
    const log = this.#log;
    const startMs = this.#context.clock.nowMs();
    log.begin('write');
    const called = session.call(this.#headersFor(plan.path), this.#spec.messageBytesMax, {
      sent() {
        if (log.running === 'write') log.begin('wait');
      },
      answering: () => log.begin('transfer'),
      message: (message) => this.#took(message, plan, startMs),
    });
    if (called.ok) called.value.sendLast(plan.request);
    const end = called.ok ? await called.value.over : undefined;
    const phase = log.running;
    log.end();
    this.#end = end;
    const failure = called.ok ? (end?.fault ?? this.#miscount(plan)) : called.fault;
    return failure === undefined || phase === undefined ? failure : { phase, ...failure };
  }

  /** Whether more messages are wanted. */
  #took(message: GrpcMessage, plan: CallPlan, startMs: number): boolean {
    this.#lastMessage = message;
    if (!plan.streaming) return true;
    const sinceMs = Math.round((this.#context.clock.nowMs() - startMs) * 1000) / 1000;
    this.#times.firstMs ??= sinceMs;
    this.#times.lastMs = sinceMs;
    this.#streamed += 1;
    return this.#streamed < (this.#spec.call?.messagesMax ?? 1);
  }

  /** A unary call that went well has exactly one answer. */
  #miscount({ streaming }: CallPlan): Fault | undefined {
    const { messages = 0, status } = this.#end ?? {};
    if (streaming || messages === 1 || (messages === 0 && status?.code !== 0)) return undefined;
    const text = `The call is unary, but its answer has ${messages} messages.`;
    return fault('PROTOCOL_INVALID_ANSWER', text);
  }

  async #read(plan: CallPlan): Promise<Fault | undefined> {
    const message = this.#lastMessage;
    if (message === undefined) return undefined;
    const { messageBytesMax } = this.#spec;
    const plain = message.compressed
      ? await decodeContent(message.bytes, ['gzip'], messageBytesMax)
      : { ok: true as const, value: message.bytes };
    if (!plain.ok) return plain.fault;
    const answer = plan.read(plain.value);
    if (!answer.ok) return { phase: 'transfer', ...answer.fault };
    this.#answer = answer.value;
    return undefined;
  }

  #headersFor(path: string): Metadata {
    const { traceparent, deadlineMs, clock } = this.#context;
    const timeoutMs = deadlineMs === undefined ? undefined : deadlineMs - clock.nowMs();
    return callHeaders(path, this.#metadata, { traceparent, timeoutMs });
  }
}
