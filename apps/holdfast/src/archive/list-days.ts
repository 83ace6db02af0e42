// `holdfast archive list`: a line for each day. Days whose manifests hold are listed even when others do not.

import type { ArchiveManifest } from '@holdfast/engines/archive';
import type { Surroundings } from '../cli/command.ts';
import { textTable } from '../cli/text-table.ts';
import { megabytes, openArchive } from './archive-folder.ts';

interface ListedDay {
  day: string;
  rows: number;
  bytes: number;
  editions: number;
}

export async function listDays(
  folder: string,
  asJson: boolean,
  { terminal }: Surroundings,
): Promise<number> {
  const { manifests, faults } = await openArchive(folder);
  const days = [...Map.groupBy(manifests, ({ day }) => day)].map(([day, editions]) =>
    listed(day, editions),
  );
  if (asJson) terminal.out(`${JSON.stringify({ days, damaged: faults.map(String) })}\n`);
  else if (days.length > 0) {
    const rows = days.map(({ day, rows, bytes, editions }) => [
      day,
      String(rows),
      megabytes(bytes),
      String(editions),
    ]);
    terminal.out(textTable(terminal, ['DAY', 'RESULTS', 'SIZE', 'EDITIONS'], rows));
    const total = listed('', manifests);
    const what = days.length === 1 ? '1 day' : `${days.length} days`;
    terminal.out(`${what}, ${total.rows} results, ${megabytes(total.bytes)}\n`);
  }
  for (const fault of faults) terminal.error(`${fault.message}\n  ${fault.cure}\n`);
  return faults.length === 0 ? 0 : 1;
}

function listed(day: string, editions: readonly ArchiveManifest[]): ListedDay {
  const parts = editions.flatMap((edition) => edition.parts);
  return {
    day,
    rows: editions.reduce((sum, { rows }) => sum + rows, 0),
    bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
    editions: editions.length,
  };
}
