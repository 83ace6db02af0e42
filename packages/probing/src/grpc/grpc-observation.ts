// What a gRPC measurement brings back: for keeping (detail) and for judging (the last message, which
// is forgotten after the judgement).

import type { Observation } from '../prober.ts';
import type { Answer } from './call-plan.ts';
import type { GrpcStatus } from './grpc-status.ts';
import type { RpcEnd } from './rpc.ts';

export interface GrpcObservation extends Observation {
  /** Absent when the call did not come to its end, also when we ended it after enough messages. */
  status?: GrpcStatus;
  /** The last message; absent when none came. */
  answer?: Answer;
  /** Wall time at the end of the measurement. */
  atMs: number;
}

/** When messages of a stream came, in ms since the call began. */
export interface StreamTimes {
  firstMs?: number;
  lastMs?: number;
}

export interface GrpcDetailFacts {
  end: RpcEnd | undefined;
  times: StreamTimes;
  answer: Answer | undefined;
  /** How long descriptors were asked for; such time is in no phase. */
  reflectionMs: number | undefined;
}

export function grpcDetail({
  end,
  times,
  answer,
  reflectionMs,
}: GrpcDetailFacts): Record<string, unknown> {
  const facts: Record<string, unknown> = {
    http_status: end?.httpStatus,
    grpc_status: end?.status?.name,
    grpc_status_code: end?.status?.code,
    grpc_message: end?.status?.message || undefined,
    messages: end?.messages,
    message_bytes: end?.messageBytes,
    serving_status: answer?.servingStatus,
    stream_first_ms: times.firstMs,
    stream_last_ms: times.lastMs,
    reflection_ms: reflectionMs,
  };
  const happened = Object.entries(facts).filter(([, value]) => value !== undefined);
  return Object.fromEntries(happened);
}
