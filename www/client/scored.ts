/** Probabilities, and one line for each ticket the engine could not take. */
export interface Scored {
  probabilities: Float64Array;
  problems: string[];
}
