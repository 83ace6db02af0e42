// One thing that `holdfast doctor` looked at: a line for people, an object for programs.

export interface Finding {
  /** Stays the same between versions. */
  name: string;
  verdict: 'ok' | 'warning' | 'failure';
  text: string;
  cure?: string;
}
