// The words of the page where checks are written, in English: a part of en.ts.

import { plural } from './english-numbers.ts';

export const enEditor = {
  editor: {
    newCheck: 'New check',
    copyOf: (name: string): string => `Copy of ${name}`,
    editCopy: 'Edit a copy',
    startAnew: 'Start anew',
    kind: 'Kind',
    usual: 'as usual',
    onlyText: 'more than a field can show: see the YAML',
    unread: 'The form cannot follow this text; it is judged all the same.',
    comments: 'A change in the form writes the text anew, without its comments.',
    secrets: 'Secrets are not copied: write ${env:NAME} in place of each <secret>.',
    where:
      'Nothing is written for you: copy this into `holdfast.yaml` and commit it; a running Holdfast reads the file again when it is saved.',
    line: (line: number): string => `Line ${line}`,
    faults: (count: number): string => `${count} ${plural(count, 'fault', 'faults')}`,
    valid: (count: number): string => `valid: ${count} ${plural(count, 'check', 'checks')}`,
    trial: 'Trial',
    tryOnce: 'Try it once',
    trialHint: 'Measured once by the agent; kept nowhere.',
    fields: {
      name: 'Name',
      target: 'Target',
      interval: 'Interval',
      timeout: 'Timeout',
      method: 'Method',
      recordType: 'Record type',
      packets: 'Packets',
      service: 'Service',
      banner: 'Wait for banner',
      'expect.status': 'Status',
      'expect.body.contains': 'Body holds',
      'expect.certificateDays': 'Certificate, days',
      'expect.versionMin': 'TLS at least',
      'expect.banner': 'Banner matches',
      'expect.rcode': 'Response code',
      'expect.answer': 'Answer matches',
      'expect.loss': 'Loss at most',
      'expect.rtt': 'Round trip at most',
      'expect.code': 'Status',
      'expect.serving': 'Health',
      'expect.that': 'Rules (CEL)',
    },
  },
} as const;
