// Asks the server what a text would come to, while it is typed: a moment after the last key, and only
// the answer to the newest text counts.

import type { Validation } from '@holdfast/resources/api';
import { useEffect, useState } from 'react';
import { type Failure, postJson } from '../api/client.ts';

const QUIET_MS = 200;

export interface Judged {
  validation?: Validation;
  failure?: Failure;
  /** An answer to the newest text is awaited; what is shown is about an older one. */
  busy: boolean;
}

export function useValidation(text: string): Judged {
  const [judged, setJudged] = useState<{ text: string } & Omit<Judged, 'busy'>>();
  useEffect(() => {
    const controller = new AbortController();
    const timer = window.setTimeout(() => {
      const body = { text, format: 'yaml' };
      void postJson<Validation>('/api/v1/validate', controller.signal, body).then((answer) => {
        if (controller.signal.aborted) return;
        setJudged(
          answer.ok ? { text, validation: answer.value } : { text, failure: answer.failure },
        );
      });
    }, QUIET_MS);
    return () => {
      window.clearTimeout(timer);
      controller.abort();
    };
  }, [text]);
  return { ...judged, busy: judged?.text !== text };
}
