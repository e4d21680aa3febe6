/** The part of `bellwether evaluate --format json` that is drawn. */
export interface Approach {
  name: string;
  roc_auc: number;
  average_precision: number;
  ece: number;
  curves: {
    /** Share of escalations caught when 0, 1, … 100 % are reviewed. */
    recall_by_workload: number[];
    reliability: { probability: number; rate: number; rows: number }[];
  };
}

export interface Figures {
  cut: string;
  train_examples: number;
  test_examples: number;
  test_mean: number;
  approaches: Approach[];
}

export function readFigures(value: unknown): Figures {
  const figures = value as Partial<Figures> | null;
  if (!Array.isArray(figures?.approaches) || typeof figures.test_mean !== 'number') throw new Error('figures.json is no evaluation: build the demo again');
  return figures as Figures;
}

/** The four ways that are compared. */
const four = ['priority', 'text', 'category_rate', 'relational'];

export const compared = ({ approaches }: Figures): Approach[] =>
  four.flatMap((name) => approaches.find((approach) => approach.name === name) ?? []);

/** What reviewing costs and saves; the terms of `src/impact/cost.rs`. */
export interface Costs {
  /** An escalation that nobody caught. */
  escalation: number;
  /** A late one takes this many times as long as one caught early. */
  lateFactor: number;
  /** Looking at one ticket. */
  review: number;
}

/** The share of escalations caught when this share of the tickets is reviewed, between the percents linearly. */
export function recallAt({ curves }: Approach, share: number): number {
  const at = Math.min(1, Math.max(0, share)) * 100;
  const below = Math.floor(at);
  const [low = NaN, high = low] = [curves.recall_by_workload[below], curves.recall_by_workload[below + 1]];
  return low + (high - low) * (at - below);
}

/** Money saved in a year: caught · S − reviewed · R, with S = E · (1 − 1 / late). */
export function savingAYear(approach: Approach, share: number, ticketsADay: number, rate: number, { escalation, lateFactor, review }: Costs): number {
  const aYear = ticketsADay * 365;
  return aYear * (rate * recallAt(approach, share) * escalation * (1 - 1 / lateFactor) - share * review);
}
