// The result that is looked at: the newest, which it follows, or one that was pinned by choosing it.
// Waterfall first, then the facts, then all of it as it is.

import type { ResultList } from '@holdfast/resources/api';
import type { ProbeResult } from '@holdfast/resources/result';
import type { ReactNode } from 'react';
import type { Asked } from '../api/use-answer.ts';
import { setSearch } from '../app/location.tsx';
import { useWords } from '../words/use-words.ts';
import { CertificateChain } from './certificate-chain.tsx';
import { CopyButton } from './copy-button.tsx';
import { FaultLine } from './fault-line.tsx';
import { Clock, Latency } from './figure-text.tsx';
import { Icon } from './icon.tsx';
import { KindEvidence } from './kind-evidence.tsx';
import { FailureNote, Skeleton } from './notes.tsx';
import { ResolutionPath } from './resolution-path.tsx';
import { ComparisonChoice, ResultComparison, useCompared } from './result-comparison.tsx';
import { ResultFacts } from './result-facts.tsx';
import { isSame, resultName } from './result-name.ts';
import { markOfStatus, StateMark } from './state-mark.tsx';
import { Waterfall } from './waterfall.tsx';

interface ResultPanelProps {
  result: ProbeResult | undefined;
  /** The list it may stand in, newest first. */
  results: readonly ProbeResult[] | undefined;
  /** Measured at more than one place. */
  several: boolean;
  pinned: boolean;
  gone: boolean;
  asked: Asked<ResultList>;
}

export function ResultPanel(props: ResultPanelProps): ReactNode {
  const { result, results, several, pinned, gone, asked } = props;
  const words = useWords();
  return (
    <section className="result" aria-label={words.result.title}>
      <header className="section-head">
        <h2>{words.result.title}</h2>
        {result !== undefined && (
          <span className="result-when">
            <Clock atMs={result.key.plannedAtMs} seconds />
            {several && <> {result.key.location}</>}
          </span>
        )}
        <span className={pinned ? 'tag tag-pinned' : 'tag'}>
          {pinned ? words.result.pinned : words.result.latest}
        </span>
        <Steps result={result} results={results} pinned={pinned} />
      </header>
      {result !== undefined && <Body result={result} results={results} />}
      {result === undefined && gone && <p className="quiet">{words.result.gone}</p>}
      {result === undefined && !gone && <Nothing asked={asked} />}
    </section>
  );
}

function Nothing({ asked }: { asked: Asked<ResultList> }): ReactNode {
  const words = useWords();
  if (asked.failure !== undefined)
    return <FailureNote failure={asked.failure} retry={asked.retry} busy={asked.busy} />;
  return asked.data === undefined ? (
    <Skeleton lines={7} />
  ) : (
    <p className="quiet">{words.result.none}</p>
  );
}

function Steps({
  result,
  results,
  pinned,
}: {
  result: ProbeResult | undefined;
  results: readonly ProbeResult[] | undefined;
  pinned: boolean;
}): ReactNode {
  const words = useWords();
  const at = results?.findIndex((other) => isSame(other, result)) ?? -1;
  const older = results?.[at + 1];
  const newer = at > 0 ? results?.[at - 1] : undefined;
  const choose = (other: ProbeResult | undefined): void => {
    if (other !== undefined) setSearch({ run: resultName(other.key) }, true);
  };
  return (
    <span className="result-steps">
      <button
        type="button"
        className="button small icon-only"
        aria-label={words.result.older}
        title={`${words.result.older} (j)`}
        disabled={older === undefined}
        onClick={() => choose(older)}
      >
        <Icon name="older" size={16} />
      </button>
      <button
        type="button"
        className="button small icon-only"
        aria-label={words.result.newer}
        title={`${words.result.newer} (k)`}
        disabled={newer === undefined}
        onClick={() => choose(newer)}
      >
        <Icon name="newer" size={16} />
      </button>
      <button
        type="button"
        className="button small"
        aria-pressed={pinned}
        disabled={result === undefined && !pinned}
        onClick={() =>
          setSearch({ run: pinned || result === undefined ? undefined : resultName(result.key) })
        }
      >
        {pinned ? words.result.follow : words.result.pin}
      </button>
    </span>
  );
}

function Body({
  result,
  results,
}: {
  result: ProbeResult;
  results: readonly ProbeResult[] | undefined;
}): ReactNode {
  const words = useWords();
  const compared = useCompared(result, results);
  const other = compared.result;
  const scaleMs = Math.max(result.totalMs, other?.totalMs ?? 0);
  return (
    <>
      <p className="result-verdict">
        <StateMark mark={markOfStatus(result.status)} />
        <b>{words.statuses[result.status]}</b>
        <Latency ms={result.status === 'invalid' ? undefined : result.totalMs} />
        {result.fault !== undefined && <FaultLine fault={result.fault} withCode />}
      </p>
      <Waterfall result={result} scaleMs={scaleMs} />
      <ComparisonChoice result={result} results={results} compared={compared} />
      {other !== undefined && <ResultComparison result={result} other={other} scaleMs={scaleMs} />}
      <ResultFacts result={result} />
      <KindEvidence detail={result.detail} />
      <ResolutionPath detail={result.detail} />
      {result.context.tls !== undefined && (
        <CertificateChain tls={result.context.tls} detail={result.detail} />
      )}
      <details className="raw">
        <summary>{words.result.raw}</summary>
        <CopyButton text={JSON.stringify(result, null, 2)} name={words.result.raw} />
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by key. */}
        <pre className="code" tabIndex={0}>
          {JSON.stringify(result, null, 2)}
        </pre>
      </details>
    </>
  );
}
