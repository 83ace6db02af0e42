// The shared time range of a page: relative ones at one click, any other from its dates. It lives
// in the URL; what is chosen here only changes the URL.

import { type FormEvent, type ReactNode, useState } from 'react';
import { useCommands } from '../app/key-commands.ts';
import { setSearch, useLocation } from '../app/location.tsx';
import { serverNowMs } from '../app/now.ts';
import { useWords } from '../words/use-words.ts';
import { clockText } from './moments.ts';
import {
  localInputText,
  parseTimeRange,
  RELATIVE_RANGES,
  resolveTimeRange,
  type TimeRange,
  timeRangeParameters,
} from './time-range.ts';

export function RangePicker(): ReactNode {
  const words = useWords();
  const range = parseTimeRange(new URLSearchParams(useLocation().search));
  const [open, setOpen] = useState(false);
  const { fixed } = range;
  const custom =
    fixed === undefined
      ? words.range.custom
      : `${clockText(fixed.fromMs, serverNowMs(), words.locale)} – ${clockText(fixed.toMs, serverNowMs(), words.locale)}`;
  return (
    <fieldset className="range">
      <legend className="hidden">{words.range.label}</legend>
      {RELATIVE_RANGES.map((relative) => (
        <button
          key={relative}
          type="button"
          aria-pressed={fixed === undefined && range.relative === relative}
          onClick={() => setSearch(timeRangeParameters({ relative }))}
        >
          {relative}
        </button>
      ))}
      <button
        type="button"
        aria-pressed={fixed !== undefined}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        {custom}
      </button>
      {open && <CustomRange range={range} close={() => setOpen(false)} />}
    </fieldset>
  );
}

function CustomRange({ range, close }: { range: TimeRange; close: () => void }): ReactNode {
  const words = useWords();
  const now = resolveTimeRange(range, serverNowMs());
  const [from, setFrom] = useState(localInputText(now.fromMs));
  const [to, setTo] = useState(localInputText(now.toMs));
  useCommands({ close });
  const fromMs = new Date(from).getTime();
  const toMs = new Date(to).getTime();
  const valid = toMs > fromMs;
  const apply = (event: FormEvent): void => {
    event.preventDefault();
    if (!valid) return;
    setSearch(timeRangeParameters({ relative: range.relative, fixed: { fromMs, toMs } }));
    close();
  };
  return (
    <form className="range-custom" onSubmit={apply}>
      <label>
        {words.range.from}
        <input
          type="datetime-local"
          value={from}
          onChange={(event) => setFrom(event.target.value)}
          required
        />
      </label>
      <label>
        {words.range.to}
        <input
          type="datetime-local"
          value={to}
          onChange={(event) => setTo(event.target.value)}
          required
        />
      </label>
      <p className="range-fault" role="alert">
        {valid ? '' : words.range.invalid}
      </p>
      <button type="submit" className="button primary" disabled={!valid}>
        {words.range.apply}
      </button>
      <button type="button" className="button" onClick={close}>
        {words.close}
      </button>
    </form>
  );
}
