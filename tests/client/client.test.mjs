// The client under Node: no DOM, no worker, the package as npm would hand it out.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';

const at = (path) => new URL(`../../${path}`, import.meta.url);
const { BundleError, EngineError, RowError, bandOf, open } = await import(at('pkg/client.js'));
const desk = JSON.parse(await readFile(at('.cache/desk.json'), 'utf8'));
const now = Date.parse(desk.as_of);
const bundle = at('.cache/bundle/');
const ticket = (row) => ({ ...row, first_response_at: null, resolved_at: null, escalated_to_eng: null, resolution_hours: null });
const tickets = desk.tickets.map(ticket);
let bellwether;

before(async () => {
  bellwether = await open(bundle);
});
after(() => bellwether.close());

const errorsAt = (account_id, count, moment = now) =>
  Array.from({ length: count }, (_, place) => ({
    event_id: `T${moment}-${place}`, account_id, event_type: 'API 500 error', at: new Date(moment - place * 60_000).toISOString(), details: 'endpoint: /v2/predict',
  }));

test('importing the client touches no document', async () => {
  assert.equal(typeof globalThis.document, 'undefined');
  assert.equal(bellwether.where, 'page');
  assert.equal(bellwether.manifest.kind, 'binary');
});

test('every open ticket has a probability, and its band by the bundle’s thresholds', async () => {
  const probabilities = await bellwether.score(tickets, { now });
  assert.equal(probabilities.length, tickets.length);
  for (const probability of probabilities) assert.ok(probability > 0 && probability < 1, String(probability));
  assert.equal(bandOf(NaN, bellwether.manifest.thresholds), 'unknown');
});

test('an explanation adds up to its score', async () => {
  const [first] = tickets;
  const [[probability], card] = [await bellwether.score([first], { now }), await bellwether.explain(first, { now })];
  assert.ok(Math.abs(card.probability - probability) < 1e-6);
  const sum = card.contributions.reduce((total, { contribution }) => total + contribution, card.base_log_odds);
  assert.ok(Math.abs(sum - card.log_odds) < 1e-4, `${sum} ${card.log_odds}`);
  assert.ok(Math.abs(card.contributions.reduce((total, { share }) => total + share, 0) - 1) < 1e-6);
});

test('a what-if is the model’s answer, and leaves everything as it was', async () => {
  const before = await bellwether.score(tickets, { now });
  const cards = await Promise.all(tickets.slice(0, 8).map((row) => bellwether.explain(row, { now })));
  const place = cards.findIndex(({ what_if }) => what_if.length > 0);
  assert.ok(place >= 0, 'some ticket has something to try');
  const [chip] = cards[place].what_if;
  const answer = await bellwether.whatIf(tickets[place], chip.change, { now });
  assert.ok(Math.abs(answer.probability - chip.probability) < 1e-6);
  assert.ok(answer.hypothetical);
  assert.deepEqual(await bellwether.score(tickets, { now }), before);
});

test('cards of many tickets are those of each, without what-ifs', async () => {
  const some = tickets.slice(0, 5);
  const cards = await bellwether.explainAll(some, { now });
  const one = await Promise.all(some.map((row) => bellwether.explain(row, { now })));
  assert.deepEqual(cards, one.map((card) => ({ ...card, what_if: [] })));
});

test('a card speaks German when asked to, and says the same', async () => {
  const german = await open(bundle, { language: 'de-AT' });
  const [[english], [card]] = await Promise.all([bellwether.explainAll(tickets.slice(0, 1), { now }), german.explainAll(tickets.slice(0, 1), { now })]);
  german.close();
  assert.deepEqual([english.language, card.language], ['en', 'de']);
  assert.deepEqual(card.contributions, english.contributions);
  const said = JSON.stringify([card.reasons.map(({ text, value }) => [text, value]), card.agents.map(({ text }) => text)]);
  assert.doesNotMatch(said, / of this | latest|prior | rate|team median| open"/);
  assert.match(said, /Median des Teams/);
});

test('a routed queue names agents for its tickets', async () => {
  const routed = await bellwether.route(tickets.slice(0, 10), { now, top: 2 });
  assert.deepEqual(routed.tickets.map(({ entity }) => entity), tickets.slice(0, 10).map(({ ticket_id }) => ticket_id));
  assert.ok(routed.tickets.every(({ suggestions }) => suggestions.length <= 2));
  assert.ok(routed.tickets.some(({ assigned }) => assigned?.text));
});

test('events that come in move the subscribed tickets they are about, and their history', async () => {
  const live = await open(bundle);
  const [first] = tickets.filter(({ category }) => category === 'API error');
  const changes = [];
  const subscription = live.subscribe([first], (change) => changes.push(change), { everyMs: 0, clock: () => now });
  await subscription.refresh();
  const [quiet] = changes[0].probabilities;
  assert.equal(await live.ingest('product_events', errorsAt(first.account_id, 60)), 60);
  await subscription.refresh();
  assert.notEqual(changes.at(-1).probabilities[0], quiet);
  assert.ok(subscription.history(first.ticket_id).length >= 2);
  live.close();
});

test('weeks of events are folded away, and every score is as if they were kept', async () => {
  const day = 86_400_000;
  const [folding, keeping] = await Promise.all([open(bundle, { settleAfterRows: 200 }), open(bundle, { settleAfterRows: 0 })]);
  const accounts = [...new Set(tickets.map(({ account_id }) => account_id))];
  for (let week = 1; week <= 8; week++) {
    const moment = now + week * 7 * day;
    const rows = Array.from({ length: 300 }, (_, place) => ({
      event_id: `W${week}-${place}`, account_id: accounts[place % accounts.length], event_type: place % 3 ? 'API 500 error' : 'Login failed',
      at: new Date(moment - (place / 300) * 7 * day).toISOString(), details: 'endpoint: /v2/predict',
    }));
    const open = tickets.map((row, place) => ({ ...row, created_at: new Date(moment - place * 3_600_000).toISOString() }));
    const scores = [];
    for (const client of [folding, keeping]) {
      assert.equal(await client.ingest('product_events', rows), rows.length);
      scores.push(await client.score(open, { now: moment }));
    }
    assert.deepEqual(scores[0], scores[1], `week ${week}`);
    const [a, b] = await Promise.all([folding, keeping].map((client) => client.explain(open[0], { now: moment })));
    assert.deepEqual(a.contributions, b.contributions);
  }
  folding.close();
  keeping.close();
});

test('what cannot be used is refused by a typed error that says what', async () => {
  await assert.rejects(open(at('no/such/bundle/')), (error) => error instanceof BundleError && /manifest.json/.test(error.message));
  await assert.rejects(open(bundle, { wasm: new Uint8Array([1, 2, 3]) }), EngineError);
  await assert.rejects(bellwether.ingest('no_such_table', [{ a: 1 }]), (error) => error instanceof RowError && /no_such_table/.test(error.message));
  const manifest = await readFile(new URL('manifest.json', bundle), 'utf8');
  const { files } = JSON.parse(manifest);
  const [model, tables] = await Promise.all([readFile(new URL(files.model.path, bundle)), readFile(new URL(files.tables.path, bundle))]);
  model[100] ^= 1;
  await assert.rejects(open({ manifest, model, tables }), (error) => error instanceof BundleError && /SHA-256/.test(error.message));
});

test('odd rows are scored as far as they are known, and nothing traps', async () => {
  const odd = [{}, { ticket_id: 7 }, { ticket_id: 'x', created_at: 'soon' }, { ticket_id: 'y', account_id: '\u0000', priority: '💥'.repeat(2000) }, { constructor: 1, __proto__: null }];
  const probabilities = await bellwether.score(odd, { now });
  assert.equal(probabilities.length, odd.length);
  assert.ok(probabilities.every((value) => Number.isNaN(value) || (value >= 0 && value <= 1)));
  assert.equal((await bellwether.score([], { now })).length, 0);
  assert.equal((await bellwether.score([{}, {}], { now })).length, 2);
});
