// Tables for a terminal: columns as wide as what they hold, never wrapped. Where the line is too short
// the widest column gives way, its texts cut in the middle.

import { fit, paint, printable, type Terminal } from './terminal.ts';

const GAP = 2;
/** Narrower columns say nothing any more. */
const WIDTH_MIN = 6;

/** Lines with their ends; headings first. */
export function textTable(
  terminal: Terminal,
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const shown = rows.map((row) => row.map(printable));
  const widths = fitted(
    headings.map((heading, column) =>
      Math.max(heading.length, ...shown.map((row) => row[column]?.length ?? 0)),
    ),
    terminal.columns,
  );
  const line = (row: readonly string[]) =>
    row
      .map((text, column) => {
        const width = widths[column] ?? 0;
        return fit(terminal, text, width).padEnd(column === row.length - 1 ? 0 : width + GAP);
      })
      .join('')
      .trimEnd();
  return [paint(terminal, 'grey', line(headings)), ...shown.map(line)]
    .map((text) => `${text}\n`)
    .join('');
}

function fitted(widths: number[], columns: number): number[] {
  const total = () => widths.reduce((sum, width) => sum + width + GAP, -GAP);
  for (let over = total() - columns; over > 0; over = total() - columns) {
    const widest = Math.max(...widths);
    if (widest <= WIDTH_MIN) break;
    const second = Math.max(WIDTH_MIN, ...widths.filter((width) => width < widest));
    const give = Math.max(1, Math.min(over, widest - second));
    widths[widths.indexOf(widest)] = widest - give;
  }
  return widths;
}
