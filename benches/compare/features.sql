-- The hundred features of benches/features.rs, as well as we know to write them for DuckDB: one as-of range join of tickets
-- with the events of their account in the longest window, then conditional aggregates; "the last ever" by ASOF joins.
CREATE TABLE answer AS
WITH joined AS (
  SELECT t.ticket_id, t.created_at, e.moment, e.kind, e.endpoint, e.amount
  FROM tickets t JOIN events e
    ON e.account_id = t.account_id AND e.moment <= t.created_at AND e.moment > t.created_at - 2592000000
)
SELECT ticket_id,
  {{aggregates}}
FROM joined GROUP BY ticket_id;
CREATE TABLE latest AS
SELECT t.ticket_id, k.kind, (t.created_at - e.moment) / 3600000.0 AS hours
FROM tickets t CROSS JOIN kinds k
ASOF JOIN events_by_kind e ON e.account_id = t.account_id AND e.kind = k.kind AND e.moment <= t.created_at;
CREATE TABLE latest_wide AS PIVOT latest ON kind USING first(hours) GROUP BY ticket_id;
CREATE TABLE own AS
SELECT t.ticket_id,
  count(o.ticket_id) FILTER (o.created_at > t.created_at - 172800000) AS tickets_48,
  count(o.ticket_id) FILTER (o.created_at > t.created_at - 604800000) AS tickets_168,
  count(o.ticket_id) AS tickets_720
FROM tickets t LEFT JOIN tickets o
  ON o.account_id = t.account_id AND o.created_at <= t.created_at AND o.created_at > t.created_at - 2592000000
  AND o.ticket_id <> t.ticket_id
GROUP BY t.ticket_id;
CREATE TABLE features AS
SELECT * FROM tickets LEFT JOIN answer USING (ticket_id) LEFT JOIN latest_wide USING (ticket_id) LEFT JOIN own USING (ticket_id);
