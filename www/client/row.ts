/** A cell as the entity's table holds it: text as in the CSV, or an already typed value. */
export type Cell = string | number | boolean | null;

/** A row of the entity's table, or of a table being ingested: column name to cell. */
export type Row = Record<string, Cell>;
