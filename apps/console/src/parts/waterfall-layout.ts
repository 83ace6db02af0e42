// The phases of one result on one ruler. Shares of the ruler are 0…1. What did not happen is
// absent; time that no phase accounts for stays blank. The kernel's own handshake time is a tick
// inside the connect phase it was measured in (the last one: that is the connection it speaks of).

import type { PhaseName, ProbeResult } from '@holdfast/resources/result';

export interface WaterfallPhase {
  name: PhaseName;
  start: number;
  width: number;
  durationMs: number;
  /** The phase that was running when it failed. */
  failed: boolean;
  /** Place of the kernel's handshake time on the ruler. */
  kernel?: { at: number; handshakeMs: number };
}

export interface WaterfallHop {
  hop: number;
  url?: string;
  phases: WaterfallPhase[];
}

export interface Waterfall {
  totalMs: number;
  ticks: { at: number; ms: number }[];
  hops: WaterfallHop[];
}

/** `scaleMs`: the ruler is at least so long, so that two results can share one. */
export function layoutWaterfall(result: ProbeResult, scaleMs = 0): Waterfall {
  const endMs = Math.max(0, ...result.phases.map((phase) => phase.startMs + phase.durationMs));
  const totalMs = Math.max(result.totalMs, endMs, scaleMs, 0.001);
  const connects = result.phases.filter((phase) => phase.name === 'connect');
  const measured = connects.at(-1);
  const failedHop = Math.max(0, ...result.phases.map((phase) => phase.hop));
  const hops = new Map<number, WaterfallHop>();
  for (const phase of [...result.phases].sort((a, b) => a.hop - b.hop || a.startMs - b.startMs)) {
    const hop = hops.get(phase.hop) ?? newHop(result, phase.hop);
    hops.set(phase.hop, hop);
    const handshakeMs = phase === measured ? result.context.kernel?.handshakeMs : undefined;
    hop.phases.push({
      name: phase.name,
      start: phase.startMs / totalMs,
      width: phase.durationMs / totalMs,
      durationMs: phase.durationMs,
      failed: result.fault?.phase === phase.name && phase.hop === failedHop,
      ...(handshakeMs === undefined
        ? {}
        : {
            kernel: {
              at: (phase.startMs + Math.min(handshakeMs, phase.durationMs)) / totalMs,
              handshakeMs,
            },
          }),
    });
  }
  return { totalMs, ticks: rulerTicks(totalMs), hops: [...hops.values()] };
}

/** Three to five round numbers from 0, none so near the end that it would touch the total. */
export function rulerTicks(totalMs: number): { at: number; ms: number }[] {
  const rough = totalMs / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step =
    [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((value) => value >= rough) ??
    10 * power;
  const ticks: { at: number; ms: number }[] = [];
  for (let place = 0; place * step <= totalMs * 0.88; place += 1)
    ticks.push({ at: (place * step) / totalMs, ms: place * step });
  return ticks;
}

function newHop(result: ProbeResult, hop: number): WaterfallHop {
  const url = result.context.urls?.[hop];
  return { hop, phases: [], ...(url === undefined ? {} : { url }) };
}
