// Writes the demo's queue: the sample's tickets that are open at the bundle's build, with everything later removed.
//
//   node queue.mjs SAMPLE_DIR BUNDLE_DIR OUT.json [PRIORITY,PRIORITY…]
//
// The priorities are those the bundle's query asks about; without them every open ticket may be in the queue.
// No score is written: the page asks the engine.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';

const hour = 3_600_000;
const window = 48 * hour;
const wanted = 60;
const ticketTimes = ['first_response_at', 'resolved_at', 'escalated_to_eng'];
/** Columns that are only known once the ticket is resolved. */
const outcomes = ['resolution_hours'];

const [sample, bundle, out, priorities] = process.argv.slice(2);
if (!sample || !bundle || !out) {
  console.error('usage: node queue.mjs SAMPLE_DIR BUNDLE_DIR OUT.json [PRIORITY,PRIORITY…]');
  process.exit(2);
}

const manifest = JSON.parse(await readFile(join(bundle, 'manifest.json'), 'utf8'));
const asOf = moment(manifest.built_at);
const [tickets, accounts, users, agents] = await Promise.all(['tickets', 'accounts', 'users', 'agents'].map(table));
const asked = priorities && new Set(priorities.split(','));
const accountOf = byKey(accounts, 'account_id');
const userOf = byKey(users, 'user_id');
const agentOf = byKey(agents, 'agent_id');

const open = tickets
  .filter((row) => {
    const created = moment(row.created_at);
    return created <= asOf && created > asOf - window && !known(row.resolved_at) && !known(row.escalated_to_eng) && (!asked || asked.has(row.priority));
  })
  .sort((a, b) => moment(b.created_at) - moment(a.created_at));

const queue = {
  as_of: new Date(asOf).toISOString(),
  open: open.length,
  tickets: spread(open, wanted).map((row) => ({
    row: asKnown(row),
    account: pick(accountOf.get(row.account_id), ['name', 'plan', 'arr', 'csm']),
    user: pick(userOf.get(row.user_id), ['email', 'role', 'signup']),
    agent: pick(agentOf.get(row.agent_id), ['name', 'tier', 'specialty']),
  })),
};
if (queue.tickets.length === 0) {
  console.error(`${sample}: no ticket is open at ${queue.as_of}; make the sample and the bundle again`);
  process.exit(1);
}
await writeFile(out, JSON.stringify(queue));
console.log(`${out}: ${queue.tickets.length} of ${open.length} open tickets, as of ${queue.as_of}`);

async function table(name) {
  return parse(await readFile(join(sample, `${name}.csv`)), { columns: true, bom: true, skip_empty_lines: true });
}

/** Milliseconds; a time without a zone is UTC, as the engine reads it. */
function moment(text) {
  const zoned = /(?:Z|[+-]\d\d:?\d\d)$/.test(text) || !text.includes(':') ? text : `${text.replace(' ', 'T')}Z`;
  const ms = Date.parse(zoned);
  if (Number.isNaN(ms)) throw new Error(`${JSON.stringify(text)} is not a time`);
  return ms;
}

function known(text) {
  return Boolean(text) && moment(text) <= asOf;
}

function asKnown(row) {
  const seen = Object.entries(row).map(([column, cell]) => {
    const hidden = outcomes.includes(column) || (ticketTimes.includes(column) && !known(cell));
    return [column, hidden || cell === '' ? null : cell];
  });
  return Object.fromEntries(seen);
}

/** Evenly over the window, the newest first: no choice by what the tickets hold. */
function spread(rows, count) {
  if (rows.length <= count) return rows;
  return Array.from({ length: count }, (_, index) => rows[Math.floor((index * rows.length) / count)]);
}

function byKey(rows, key) {
  return new Map(rows.map((row) => [row[key], row]));
}

function pick(row, columns) {
  return row ? Object.fromEntries(columns.map((column) => [column, row[column] || null])) : null;
}
