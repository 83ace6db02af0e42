// What single kinds of probe saw besides their phases: packets, steps of a dialogue, each address of
// a name, the tries before the one that decided. What a result does not have has no place.

import type { ProbeResult } from '@holdfast/resources/result';
import type { ReactNode } from 'react';
import { useWords } from '../words/use-words.ts';
import {
  addressRuns,
  dialogueSteps,
  earlierTries,
  numberOf,
  packetsOf,
  plainFacts,
  recordOf,
  textOf,
} from './detail-shape.ts';
import { Bytes, Latency, Share } from './figure-text.tsx';
import { figureText, latencyFigure } from './figures.ts';
import { type Mark, markOfStatus, StateMark } from './state-mark.tsx';

type Detail = ProbeResult['detail'];

/** Beyond them bars would be hairs. */
const PACKETS_SHOWN = 20;

export function KindEvidence({ detail }: { detail: Detail }): ReactNode {
  return (
    <>
      <Tries detail={detail} />
      <Addresses detail={detail} />
      <Packets detail={detail} />
      <Dialogue detail={detail} />
    </>
  );
}

function Tries({ detail }: { detail: Detail }): ReactNode {
  const words = useWords();
  const tries = earlierTries(detail);
  if (tries.length === 0) return null;
  return (
    <section className="evidence" aria-label={words.evidence.tries}>
      <h3>
        {words.evidence.tries}
        <span className="quiet">{words.evidence.decided(tries.length + 1)}</span>
      </h3>
      <ol className="step-list">
        {tries.map((run, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: tries are told by their order.
          <Ended key={place} place={String(place + 1)} {...run} />
        ))}
      </ol>
    </section>
  );
}

function Addresses({ detail }: { detail: Detail }): ReactNode {
  const words = useWords();
  const runs = addressRuns(detail);
  if (runs.length === 0) return null;
  const bad = runs.filter(({ status }) => status !== 'up').length;
  return (
    <section className="evidence" aria-label={words.evidence.addresses}>
      <h3>
        {words.evidence.addresses}
        <span className={bad > 0 ? 'bad' : 'quiet'}>
          {words.evidence.failedOf(bad, runs.length)}
        </span>
      </h3>
      <ol className="step-list">
        {runs.map(({ ip, ...run }, place) => (
          <Ended key={ip} place={String(place + 1)} what={ip} {...run} />
        ))}
      </ol>
    </section>
  );
}

function Ended({
  place,
  what,
  status,
  code,
  totalMs,
}: {
  place: string;
  what?: string;
  status: string;
  code?: string;
  totalMs?: number;
}): ReactNode {
  const words = useWords();
  const named: Record<string, string> = words.statuses;
  return (
    <li>
      <span className="step-place">{place}</span>
      <span className="step-what">
        {what !== undefined && <code>{what} </code>}
        <StateMark mark={markOfText(status)} size={9} /> {named[status] ?? status}{' '}
        {code !== undefined && <span className="quiet">{code}</span>}
      </span>
      <Latency ms={totalMs} />
    </li>
  );
}

function Packets({ detail }: { detail: Detail }): ReactNode {
  const words = useWords();
  const packets = packetsOf(detail).slice(0, PACKETS_SHOWN);
  const sent = numberOf(detail.packets_sent);
  if (sent === undefined) return null;
  const loss = numberOf(detail.loss);
  const longestMs = Math.max(0.001, ...packets.map(({ rttMs }) => rttMs));
  const known = new Map(packets.map((packet) => [packet.sequence, packet]));
  const shown = Math.min(sent, PACKETS_SHOWN);
  return (
    <section className="evidence" aria-label={words.evidence.packets}>
      <h3>
        {words.evidence.packets}
        <span className={loss !== undefined && loss > 0 ? 'bad' : 'quiet'}>
          {words.evidence.returned(numberOf(detail.packets_received) ?? packets.length, sent)}
          {loss !== undefined && loss > 0 && (
            <>
              {' · '}
              <Share share={loss} /> {words.evidence.lost}
            </>
          )}
        </span>
      </h3>
      <ol className="packets">
        {Array.from({ length: shown }, (_, place) => {
          const packet = known.get(place + 1);
          const title =
            packet === undefined ? words.evidence.lost : figureText(latencyFigure(packet.rttMs));
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: the sequence number of the packet.
            <li key={place} title={`${place + 1}: ${title}`}>
              <span className="hidden">{`${place + 1}: ${title}`}</span>
              {packet === undefined ? (
                <StateMark mark="down" size={10} />
              ) : (
                <i style={{ height: `${((100 * packet.rttMs) / longestMs).toFixed(1)}%` }} />
              )}
            </li>
          );
        })}
      </ol>
      <p className="quiet">
        min <Latency ms={numberOf(detail.rtt_min_ms)} /> · ∅{' '}
        <Latency ms={numberOf(detail.rtt_avg_ms)} /> · max{' '}
        <Latency ms={numberOf(detail.rtt_max_ms)} /> · {words.evidence.jitter}{' '}
        <Latency ms={numberOf(detail.jitter_ms)} />
        {numberOf(detail.ttl) !== undefined && ` · TTL ${numberOf(detail.ttl)}`}
      </p>
      {textOf(recordOf(detail.icmp_error)?.meaning) !== undefined && (
        <p className="bad">
          {textOf(recordOf(detail.icmp_error)?.from)}:{' '}
          {textOf(recordOf(detail.icmp_error)?.meaning)}
        </p>
      )}
    </section>
  );
}

function Dialogue({ detail }: { detail: Detail }): ReactNode {
  const words = useWords();
  const steps = dialogueSteps(detail);
  const banner = textOf(detail.banner);
  const recognized = plainFacts(detail.recognized);
  if (steps.length === 0 && banner === undefined) return null;
  return (
    <section className="evidence" aria-label={words.evidence.dialogue}>
      <h3>
        {words.evidence.dialogue}
        {recognized !== undefined && (
          <span className="quiet">{recognized.map(([, value]) => value).join(' ')}</span>
        )}
      </h3>
      {banner !== undefined && <pre className="code excerpt">{banner}</pre>}
      <ol className="step-list">
        {steps.map((step) => (
          <li key={step.step}>
            <span className="step-place">{step.step}</span>
            <span className="step-what">
              <StateMark mark={step.atMs === undefined ? 'down' : 'up'} size={9} /> {step.kind}{' '}
              {step.bytes !== undefined && <Bytes bytes={step.bytes} />}
              {step.matched !== undefined && <code className="line">{step.matched}</code>}
              {step.atMs === undefined && <span className="bad">{words.evidence.didNotHold}</span>}
            </span>
            <Latency ms={step.atMs} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function markOfText(status: string): Mark {
  return status === 'up' || status === 'down' || status === 'timeout'
    ? markOfStatus(status)
    : 'unknown';
}
