// What can be asked of the records by which a zone denies. Each answer is a proof or none.

/** `opt-out`: there may be an unsigned delegation; `too-costly`: more iterations than RFC 9276 wants. */
export type Proof = 'proven' | 'not-proven' | 'opt-out' | 'too-costly';

export interface Denial {
  /** The name is there, without this type. */
  noData(name: string, type: number): Proof;
  /** The name is not there, nor a wildcard above it. */
  noName(name: string): Proof;
  /** The name itself is not there, so that a wildcard may stand for it. */
  noExactName(name: string, wildcard: string): Proof;
  /** The types at the name; undefined when no record says. */
  typesAt(name: string): ReadonlySet<number> | undefined;
}
