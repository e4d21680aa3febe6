"""What a good data scientist reaches by hand on the baseball tables: 96 features of a player as of a New Year's Day, in
pandas, and LightGBM and CatBoost on them. Nothing here is tuned on the years that it is judged by.
"""
import pathlib
import warnings

import numpy as np
import pandas as pd

CATEGORIES = {"bats": ["L", "R", "B"], "throws": ["L", "R", "S"], "league": ["AL", "NL"],
              "position": ["P", "C", "1B", "2B", "3B", "SS", "OF", "DH"]}
BATTING = ["G", "AB", "R", "H", "2B", "HR", "RBI", "SB", "BB", "SO"]
PITCHING = ["G", "GS", "W", "SV", "IPouts", "SO"]
FIELDING = ["G", "GS", "E"]
SEEDS = (1, 2, 3)
LATEST = 4  # the last seasons to learn from, on which the number of trees is found


def read(folder):
    """The tables of a folder, each row with the season it is of."""
    tables = {path.stem: pd.read_csv(path, low_memory=False) for path in sorted(pathlib.Path(folder).glob("*.csv"))}
    for table in tables.values():
        if "date" in table:
            table["season"] = table["date"].str[:4].astype(int)
    pay = tables["salaries"]
    pay["relative"] = pay["salary"] / pay.groupby("season")["salary"].transform("mean")
    tables["people"] = tables["people"].set_index("playerID")
    return tables


def active(tables, year):
    """Those who played in the season before that New Year's Day: the questions' WHERE."""
    batting = tables["batting"]
    return pd.Index(batting.loc[batting["season"] == year - 1, "playerID"].unique())


def features(tables, year, players):
    """The 96 features of `players` as of New Year's Day of `year`: of each table only the rows of seasons before it."""
    past = {name: table[table["season"] < year] for name, table in tables.items() if "season" in table}
    parts = []

    def totals(name, columns):
        for window, since in (("last", year - 1), ("three", year - 3), ("career", 0)):
            rows = past[name][past[name]["season"] >= since]
            sums = rows.groupby("playerID")[columns].sum().reindex(players).fillna(0)
            parts.append(sums.add_prefix(f"{name} {window} "))
            if name == "batting":
                extra = rows.groupby("playerID")[["3B", "HBP", "SF"]].sum().reindex(players).fillna(0)
                bases = sums["H"] + sums["2B"] + 2 * extra["3B"] + 3 * sums["HR"]
                reached = sums["H"] + sums["BB"] + extra["HBP"]
                chances = (sums["AB"] + sums["BB"] + extra["HBP"] + extra["SF"]).replace(0, np.nan)
                parts.append((reached / chances + bases / sums["AB"].replace(0, np.nan)).rename(f"on base plus slugging {window}"))
            if name == "pitching":
                extra = rows.groupby("playerID")[["ER", "H", "BB"]].sum().reindex(players).fillna(0)
                innings = sums["IPouts"].replace(0, np.nan) / 3
                parts.append((9 * extra["ER"] / innings).rename(f"earned run average {window}"))
                parts.append(((extra["H"] + extra["BB"]) / innings).rename(f"walks and hits per inning {window}"))

    totals("batting", BATTING)
    totals("pitching", PITCHING)
    totals("fielding", FIELDING)
    for name in ("allstar", "awards"):
        seasons = past[name].groupby("playerID")["season"]
        parts.append((year - seasons.max()).reindex(players).rename(f"{name} years since"))
        for window, since in (("last", year - 1), ("three", year - 3), ("career", 0)):
            rows = past[name][past[name]["season"] >= since]
            parts.append(rows.groupby("playerID").size().reindex(players).fillna(0).rename(f"{name} {window}"))

    people, batting = tables["people"].reindex(players), past["batting"]
    parts.append((year - people["birthYear"]).rename("age"))
    parts += [people["weight"], people["height"], people["bats"], people["throws"]]
    by_player = batting.groupby("playerID")
    parts.append(by_player["season"].nunique().reindex(players).rename("seasons played"))
    parts.append((year - by_player["season"].min()).reindex(players).rename("years since first"))
    parts.append((year - by_player["season"].max()).reindex(players).rename("years since last"))
    parts.append(by_player["teamID"].nunique().reindex(players).rename("teams"))
    homers = batting.groupby(["playerID", "season"])["HR"].sum()
    parts.append(homers.groupby("playerID").max().reindex(players).rename("best home runs"))
    before = homers[homers.index.get_level_values("season").isin([year - 2, year - 3])].groupby("playerID").mean()
    latest = homers[homers.index.get_level_values("season") == year - 1].droplevel("season")
    parts.append((latest.reindex(players) - before.reindex(players)).rename("home runs more than before"))
    club = batting.sort_values(["season", "stint"]).drop_duplicates("playerID", keep="last")
    club = club.merge(tables["seasons"][["season", "teamID", "W", "Rank"]], on=["season", "teamID"], how="left").set_index("playerID").reindex(players)
    parts += [club["W"].rename("team won"), club["Rank"].rename("team rank"), club["lgID"].rename("league"), club["stint"].rename("stints")]
    place = past["fielding"].sort_values(["season", "G"]).drop_duplicates("playerID", keep="last").set_index("playerID")
    parts.append(place["POS"].reindex(players).rename("position"))
    pay = past["salaries"].sort_values("season")
    paid = pay.drop_duplicates("playerID", keep="last").set_index("playerID").reindex(players)
    parts += [paid["salary"], paid["relative"].rename("salary to the mean"), (year - paid["season"]).rename("salary years since")]
    parts.append(pay.groupby("playerID")["relative"].max().reindex(players).rename("best salary to the mean"))
    post = past["postseason"]
    parts.append(post.groupby("playerID")["G"].sum().reindex(players).fillna(0).rename("postseason career"))
    parts.append(post[post["season"] == year - 1].groupby("playerID")["G"].sum().reindex(players).fillna(0).rename("postseason last"))
    table = pd.concat(parts, axis=1)
    for column, values in CATEGORIES.items():
        table[column] = pd.Categorical(table[column], categories=values)
    return table


def learnt(x, y, years, number, cats):
    """Three models, one per seed: the number of trees from the latest seasons held out, then all of them learnt from."""
    import catboost
    import lightgbm

    warnings.filterwarnings("ignore", message=".*eval_set")  # the new name is not in every 4.x
    later = (years > years.max() - LATEST).to_numpy()
    models = []
    for seed in SEEDS:
        if cats:
            names = list(CATEGORIES)
            settings = dict(random_seed=seed, verbose=0, allow_writing_files=False, cat_features=names, one_hot_max_size=16)
            tried = catboost.CatBoostClassifier(iterations=2000, early_stopping_rounds=100, **settings)
            tried.fit(x[~later], y[~later], eval_set=(x[later], y[later]))
            best = max(tried.get_best_iteration() or 1, 1)
            rate = tried.get_all_params()["learning_rate"]
            models.append(catboost.CatBoostClassifier(iterations=int(best * 1.1), learning_rate=rate, **settings).fit(x, y))
        else:
            kind = lightgbm.LGBMRegressor if number else lightgbm.LGBMClassifier
            settings = dict(learning_rate=0.03, num_leaves=31, min_child_samples=40, subsample=0.8, subsample_freq=1, colsample_bytree=0.5, verbose=-1, random_state=seed)
            tried = kind(n_estimators=2000, **settings)
            tried.fit(x[~later], y[~later], eval_set=[(x[later], y[later])], callbacks=[lightgbm.early_stopping(100, verbose=False)])
            best = max(tried.best_iteration_, 1)
            models.append(kind(n_estimators=int(best * 1.1), **settings).fit(x, y))
    return models


def answered(models, x, number):
    """The mean of the three models' answers, which is better than any one of them."""
    return np.mean([m.predict(x) if number else m.predict_proba(x)[:, 1] for m in models], axis=0)


def spelled(x):
    """The same table with its categories as text, for CatBoost."""
    return x.assign(**{c: x[c].astype(object).where(x[c].notna(), "none").astype(str) for c in CATEGORIES})
