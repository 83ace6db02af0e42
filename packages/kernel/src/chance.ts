// Chance as a thing that is handed in: a seeded source replays a run exactly, the system's source
// is for production. Nothing outside the kernel may draw random numbers by itself.

export interface Chance {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform integer in [0, below). */
  integer(below: number): number;
}
