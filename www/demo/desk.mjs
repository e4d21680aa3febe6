// Writes the demo's desk: the sample's tickets that are open at the bundle's build, and what the sample holds after it, which
// the page replays. The bundle and the engine know nothing of the latter until the page says it.
//
//   node desk.mjs SAMPLE_DIR BUNDLE_DIR OUT.json [PRIORITY,PRIORITY…]
//
// The priorities are those the bundle's query asks about; without them every open ticket may be in the queue.
// No score is written: the page asks the engine.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';

const hour = 3_600_000;
const window = 48 * hour;
const wanted = 60;

const [sample, bundle, out, priorities] = process.argv.slice(2);
if (!sample || !bundle || !out) {
  console.error('usage: node desk.mjs SAMPLE_DIR BUNDLE_DIR OUT.json [PRIORITY,PRIORITY…]');
  process.exit(2);
}

const manifest = JSON.parse(await readFile(join(bundle, 'manifest.json'), 'utf8'));
const asOf = moment(manifest.built_at);
const asked = priorities && new Set(priorities.split(','));
const isAsked = (row) => !asked || asked.has(row.priority);
const [tickets, accounts, users, agents, product_events, deployments, account_health] = await Promise.all(
  ['tickets', 'accounts', 'users', 'agents', 'product_events', 'deployments', 'account_health'].map(table),
);

const open = tickets
  .filter((row) => {
    const created = moment(row.created_at);
    return created <= asOf && created > asOf - window && !known(row.resolved_at) && !known(row.escalated_to_eng) && isAsked(row);
  })
  .sort((a, b) => moment(b.created_at) - moment(a.created_at));
const later = (rows, column) => rows.filter((row) => moment(row[column]) > asOf).sort((a, b) => moment(a[column]) - moment(b[column])).map(plain);

const live = {
  tickets: later(tickets, 'created_at'),
  product_events: later(product_events, 'at'),
  deployments: later(deployments, 'deployed_at'),
  account_health: later(account_health, 'measured_at'),
};
const queue = spread(open, wanted).map(plain);
const shown = [...queue, ...live.tickets];
const month = tickets.filter((row) => isAsked(row) && moment(row.created_at) > asOf - 30 * 24 * hour && moment(row.created_at) <= asOf);

const desk = {
  as_of: new Date(asOf).toISOString(),
  until: new Date(Math.max(asOf, ...live.tickets.map((row) => moment(row.created_at)))).toISOString(),
  open: open.length,
  a_day: Math.round(month.length / 30),
  priorities: asked ? [...asked] : null,
  tickets: queue,
  live,
  accounts: keyed(accounts, 'account_id', ['name', 'plan', 'arr', 'csm'], [...shown, ...live.product_events]),
  users: keyed(users, 'user_id', ['email', 'role', 'signup'], shown),
  agents: keyed(agents, 'agent_id', ['name', 'tier', 'specialty']),
  endpoints: [...new Map(deployments.filter((row) => moment(row.deployed_at) <= asOf).map((row) => [row.endpoint, row.version])).entries()],
};
if (queue.length === 0) {
  console.error(`${sample}: no ticket is open at ${desk.as_of}; make the sample and the bundle again`);
  process.exit(1);
}
await writeFile(out, JSON.stringify(desk));
console.log(
  `${out}: ${queue.length} of ${open.length} open tickets as of ${desk.as_of}; then ${live.tickets.length} tickets and ${live.product_events.length} events to replay`,
);

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

/** A row whose empty cells are null. */
function plain(row) {
  return Object.fromEntries(Object.entries(row).map(([column, cell]) => [column, cell === '' ? null : cell]));
}

/** Evenly over the window, the newest first: no choice by what the tickets hold. */
function spread(rows, count) {
  if (rows.length <= count) return rows;
  return Array.from({ length: count }, (_, index) => rows[Math.floor((index * rows.length) / count)]);
}

/** The rows that `users` name (all without them), by key, with the columns that the page shows. */
function keyed(rows, key, columns, users) {
  const used = users && new Set(users.map((row) => row[key]));
  const kept = rows.filter((row) => !used || used.has(row[key]));
  return Object.fromEntries(kept.map((row) => [row[key], Object.fromEntries(columns.map((column) => [column, row[column] || null]))]));
}
