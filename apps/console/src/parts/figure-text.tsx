// A number with its unit small and grey, and moments as spans with the exact time on hover.

import type { ReactNode } from 'react';
import { serverNowMs, useNow } from '../app/now.ts';
import { useWords } from '../words/use-words.ts';
import { bytesFigure, countFigure, type Figure, latencyFigure, shareFigure } from './figures.ts';
import { clockText, exactText, spanText } from './moments.ts';

const NARROW_SPACE = '\u202f';

/** An absent number is a dash that says nothing to a screen reader. */
export function FigureText({ figure }: { figure: Figure | undefined }): ReactNode {
  if (figure === undefined) return <span className="absent">–</span>;
  return (
    <span className="figure">
      {figure.value}
      {figure.unit !== '' && <small>{NARROW_SPACE + figure.unit}</small>}
    </span>
  );
}

export function Latency({ ms }: { ms: number | undefined }): ReactNode {
  return <FigureText figure={ms === undefined ? undefined : latencyFigure(ms)} />;
}

export function Share({ share }: { share: number | undefined }): ReactNode {
  return <FigureText figure={share === undefined ? undefined : shareFigure(share)} />;
}

export function Bytes({ bytes }: { bytes: number }): ReactNode {
  return <FigureText figure={bytesFigure(bytes)} />;
}

export function Count({ count }: { count: number }): ReactNode {
  return <FigureText figure={countFigure(count, useWords().locale)} />;
}

/** How long since a moment, told anew as it grows; `wrap` puts it into words. */
export function Span({
  sinceMs,
  wrap,
}: {
  sinceMs: number;
  wrap?: (span: string) => string;
}): ReactNode {
  const words = useWords();
  const span = useNow((nowMs) => spanText(nowMs - sinceMs, words.span));
  return (
    <time dateTime={new Date(sinceMs).toISOString()} title={exactText(sinceMs, words.locale)}>
      {wrap === undefined ? span : wrap(span)}
    </time>
  );
}

/** The time of day, with the day when it is another; exact with zone on hover. */
export function Clock({
  atMs,
  seconds = false,
  wrap,
}: {
  atMs: number;
  seconds?: boolean;
  wrap?: (time: string) => string;
}): ReactNode {
  const words = useWords();
  const time = clockText(atMs, serverNowMs(), words.locale, seconds);
  return (
    <time dateTime={new Date(atMs).toISOString()} title={exactText(atMs, words.locale)}>
      {wrap === undefined ? time : wrap(time)}
    </time>
  );
}
