// The head of an HTTP/1.1 answer: status and header fields in the order they came. Names are lower
// case; a field that came several times keeps its values apart, because Set-Cookie cannot be joined.

export class HeaderFields {
  readonly names: string[] = [];
  readonly values: string[] = [];

  add(name: string, value: string): void {
    this.names.push(name);
    this.values.push(value);
  }

  /** All values joined by `, ` as RFC 9110 section 5.3 allows; undefined when the field did not come. */
  get(name: string): string | undefined {
    let joined: string | undefined;
    for (let at = 0; at < this.names.length; at += 1) {
      if (this.names[at] !== name) continue;
      const value = this.values[at] ?? '';
      joined = joined === undefined ? value : `${joined}, ${value}`;
    }
    return joined;
  }

  all(name: string): string[] {
    return this.values.filter((_, at) => this.names[at] === name);
  }
}

export interface ResponseHead {
  status: number;
  /** `1.0`, `1.1` or `2`. */
  httpVersion: string;
  headers: HeaderFields;
}
