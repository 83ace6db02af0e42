// How long good and bad answers take, by code and by class: a failure that comes fast is another
// trouble than one that comes late. Shown only where more than one kind of answer was given.

import type { ClassLatency, CodeLatency, StatusLatency as Told } from '@holdfast/resources/api';
import type { ReactNode } from 'react';
import { useWords } from '../words/use-words.ts';
import { Count, Latency } from './figure-text.tsx';
import { figureText, latencyFigure } from './figures.ts';

export function StatusLatency({ told }: { told: Told }): ReactNode {
  const words = useWords();
  if (told.codes.length < 2) return null;
  const longestMs = Math.max(...told.codes.map((code) => code.p99Ms), 0.001);
  return (
    <section className="status-latency">
      <header className="section-head">
        <h2>{words.heat.byStatus}</h2>
        <p className="quiet">
          {told.classes
            .filter((one) => one.offsetMs !== undefined)
            .map((one) => offsetText(one, told, words))
            .join(' · ')}
        </p>
      </header>
      <table>
        <thead>
          <tr>
            <th scope="col">{words.heat.code}</th>
            <th scope="col" className="number">
              {words.heat.runs}
            </th>
            <th scope="col" className="status-latency-bar">
              p50 – p90 – p99
            </th>
            <th scope="col" className="number">
              p50
            </th>
            <th scope="col" className="number">
              p90
            </th>
            <th scope="col" className="number">
              p99
            </th>
          </tr>
        </thead>
        <tbody>
          {told.codes.map((code) => (
            <Row key={code.code} code={code} longestMs={longestMs} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Row({ code, longestMs }: { code: CodeLatency; longestMs: number }): ReactNode {
  const share = (ms: number): string => `${((100 * ms) / longestMs).toFixed(2)}%`;
  const good = code.class === '2xx' || code.class === 'ok';
  return (
    <tr>
      <th scope="row" className={good || code.class === '3xx' ? undefined : 'bad'}>
        {code.code}
      </th>
      <td className="number">
        <Count count={code.runs} />
      </td>
      <td className="status-latency-bar" aria-hidden="true">
        <span>
          <i
            className="status-latency-tail"
            style={{ left: share(code.p50Ms), right: `calc(100% - ${share(code.p99Ms)})` }}
          />
          <i
            className="status-latency-body"
            style={{ left: share(code.p50Ms), right: `calc(100% - ${share(code.p90Ms)})` }}
          />
          <i className="status-latency-middle" style={{ left: share(code.p50Ms) }} />
        </span>
      </td>
      {[code.p50Ms, code.p90Ms, code.p99Ms].map((ms, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: three quantiles in their order.
        <td key={place} className="number">
          <Latency ms={ms} />
        </td>
      ))}
    </tr>
  );
}

function offsetText(one: ClassLatency, told: Told, words: ReturnType<typeof useWords>): string {
  const ms = one.offsetMs ?? 0;
  const good = told.classes.find(({ class: name }) => name === '2xx' || name === 'ok');
  const by = figureText(latencyFigure(Math.abs(ms)));
  return words.heat.offset(one.class, by, ms >= 0, good?.class ?? '2xx');
}
