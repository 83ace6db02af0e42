// What an apply, a diff or a delete did, for people: what changed and where, then one line that says it
// in numbers.

import type {
  ApplyAnswer,
  ResourceChange,
  ResourceOutcome,
} from '@holdfast/resources/resource-api';
import { fit, type Paint, paint, printable, type Terminal } from '../cli/terminal.ts';

const PAINTS: Record<ResourceChange, Paint> = {
  created: 'green',
  changed: 'amber',
  deleted: 'red',
  unchanged: 'grey',
};
const CHANGES = ['created', 'changed', 'deleted', 'unchanged'] as const;
const CHANGE_WIDTH = 9;

/** `Check team-a/checkout`, `Channel chat`. */
export function outcomeName({ kind, namespace, name }: Omit<ResourceOutcome, 'change' | 'fields'>) {
  return printable(`${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`);
}

/** Empty when all is as it was. */
export function changedLines(terminal: Terminal, answer: ApplyAnswer): string {
  return answer.resources
    .filter(({ change }) => change !== 'unchanged')
    .map((outcome) => {
      const word = paint(terminal, PAINTS[outcome.change], outcome.change.padEnd(CHANGE_WIDTH));
      const name = outcomeName(outcome);
      const fields = outcome.fields.join(', ');
      const room = terminal.columns - CHANGE_WIDTH - name.length - 3;
      const where = fields === '' || room < 10 ? '' : `  ${fit(terminal, fields, room)}`;
      return `${word} ${name}${paint(terminal, 'grey', where)}\n`;
    })
    .join('');
}

/** `2 created, 1 changed, 12 unchanged at revision 42`. */
export function summaryLine({ resources, dryRun, revision, transactions }: ApplyAnswer): string {
  const counts = CHANGES.flatMap((change) => {
    const count = resources.filter((one) => one.change === change).length;
    return count === 0 ? [] : [`${count} ${change}`];
  });
  const what = counts.length === 0 ? 'nothing to do' : counts.join(', ');
  if (dryRun) return `${what}; nothing was written\n`;
  const split = transactions > 1 ? `, in ${transactions} transactions` : '';
  return `${what} at revision ${revision}${split}\n`;
}
