// Catches what a page throws while it renders and says so, with the text to report. React offers
// this to classes only.

import { Component, type ReactNode } from 'react';
import { useWords } from '../words/use-words.ts';

export class CrashBarrier extends Component<{ children: ReactNode }, { error?: Error }> {
  override state: { error?: Error } = {};

  static getDerivedStateFromError(error: unknown): { error: Error } {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    return this.state.error === undefined ? (
      this.props.children
    ) : (
      <Crashed error={this.state.error} />
    );
  }
}

function Crashed({ error }: { error: Error }): ReactNode {
  const words = useWords();
  return (
    <div className="failure" role="alert">
      <p className="failure-title">{words.failure.crashed}</p>
      <p className="quiet">{words.failure.crashedHint}</p>
      <pre className="code">{error.stack ?? error.message}</pre>
      <p>
        <button type="button" className="button" onClick={() => window.location.reload()}>
          {words.failure.reload}
        </button>
      </p>
    </div>
  );
}
