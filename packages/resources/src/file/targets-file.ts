// Targets that stand in a file of their own, one a line, as other tools write them. A `#` at the start
// of a line or after a space opens a comment. Each target keeps its place there.

import { groupedNumber } from '../fields/grouped-number.ts';
import { type SourceNode, VALUES_MAX } from '../source/source-node.ts';
import { type FileReader, textAt, unreadable } from './file-reader.ts';
import type { At, ProblemList } from './problem-list.ts';

export interface ListedTarget {
  target: string;
  at: At;
}

const TARGETS_MAX = 10_000;
const CHARACTERS_MAX = 2 * 1024 * 1024;

/** None where something is wrong with the file as a whole, which joins the list. */
export function readTargetsFile(at: At, reader: FileReader, list: ProblemList): ListedTarget[] {
  const refused = (message: string, hint: string) => {
    list.value(at, { message, hint });
    return [];
  };
  const path = reader.pathOf(at.root, textAt(at) ?? '');
  let text: string;
  try {
    text = reader.read(path);
  } catch (error) {
    return refused(
      unreadable(error),
      'write the path of a file with one target a line, relative to this file',
    );
  }
  if (text.length > CHARACTERS_MAX) return refused('names a file larger than 2 MiB', 'split it');
  const items = targetLines(text);
  if (items.length === 0) return refused('names a file without targets', 'write one target a line');
  const tooMany = items.length > TARGETS_MAX || !list.spend(items.length, VALUES_MAX);
  if (tooMany) {
    const most = groupedNumber(TARGETS_MAX);
    return refused(`names more targets than the ${most} that a file may hold`, 'split it');
  }
  const place = { line: 1, column: 1 };
  const targets: SourceNode = { kind: 'list', items, place };
  const root: SourceNode = {
    kind: 'map',
    fields: new Map([['targets', { key: place, node: targets }]]),
    place,
  };
  list.adopt(root, path);
  return items.map((item, index) => ({
    target: String(item.value),
    at: { root, path: ['targets', index] },
  }));
}

function targetLines(text: string) {
  return text.split(/\r?\n/).flatMap((line, index) => {
    const plain = line.replace(/^\uFEFF/, '').replace(/(?:^|\s)#.*$/, '');
    const value = plain.trim();
    const column = plain.length - plain.trimStart().length + 1;
    return value === ''
      ? []
      : [{ kind: 'scalar' as const, value, place: { line: index + 1, column } }];
  });
}
