// Why something failed, in one line: the class in the viewer's words, then what happened with the
// facts of the case, then the code for searching.

import type { Fault } from '@holdfast/resources/result';
import type { ReactNode } from 'react';
import { useWords } from '../words/use-words.ts';

export function FaultLine({
  fault,
  withCode = false,
}: {
  fault: Fault;
  withCode?: boolean;
}): ReactNode {
  const words = useWords();
  return (
    <span className="fault" title={`${fault.code}: ${fault.message}`}>
      <b>{words.faultClasses[fault.class]}</b>{' '}
      <span className="fault-message">{fault.message}</span>
      {withCode && <code className="fault-code">{fault.code}</code>}
    </span>
  );
}
