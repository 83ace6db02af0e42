// The compiler of tcp checks: TLS or not, what the peer says first, and the dialogue.

import type { CheckSpec } from '../check.ts';
import type { TcpSpec, TcpStep } from '../compiled-check.ts';
import { byteSize } from '../fields/byte-size.ts';
import { durationMs } from '../fields/duration-field.ts';
import { defined, ipOf, listOf, tlsIfWritten } from './compiled-parts.ts';

/** Servers that speak first do so at once; reverse lookups of the caller may hold some up. */
const DEFAULT_BANNER_MS = 2_000;

type WrittenStep = NonNullable<CheckSpec['dialogue']>[number];

export function tcpSpec({ host, port }: { host: string; port: number }, spec: CheckSpec): TcpSpec {
  const { startTls, dialogue, bodyLimit, expect } = spec;
  return {
    kind: 'tcp',
    host,
    port,
    ip: ipOf(spec),
    ...defined({
      secure: spec.secure === true ? true : undefined,
      startTls,
      bannerMs: bannerMs(spec.banner),
      dialogue: dialogue?.map(stepOf),
      bytesMax: bodyLimit === undefined ? undefined : byteSize(bodyLimit),
    }),
    ...tlsIfWritten(spec),
    ...(expect === undefined ? {} : { expect: expectation(expect) }),
  };
}

function bannerMs(written: CheckSpec['banner']): number | undefined {
  if (written === undefined || written === false) return undefined;
  return written === true ? DEFAULT_BANNER_MS : durationMs(written);
}

function stepOf(step: WrittenStep): TcpStep {
  if (step.send !== undefined) return { send: step.send };
  if (step.sendBytes !== undefined) return { sendBytes: step.sendBytes };
  if (step.expect !== undefined) return { expect: step.expect };
  if (step.expectBytes !== undefined) return { expectBytes: step.expectBytes };
  return { startTls: true };
}

function expectation({ that, banner, certificateDays }: NonNullable<CheckSpec['expect']>) {
  return { that: listOf(that), ...defined({ banner, certificateDays }) };
}
