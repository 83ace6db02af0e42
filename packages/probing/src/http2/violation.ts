// What a peer did that ends the whole connection: for the peer as the code of a GOAWAY, for people as
// the rest of a sentence.

export interface Violation {
  /** RFC 9113 section 7. */
  code: number;
  text: string;
  /** It holds to the rules, but wants more than we give. */
  limit?: true;
  /** It speaks something else. */
  otherProtocol?: true;
}
