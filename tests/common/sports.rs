//! A small made-up racing championship in nine linked tables, whose drivers have no time column: for questions about
//! things that are simply there. Faster drivers start and finish ahead; that is all there is to learn.

use std::fmt::Write;
use std::path::Path;

#[path = "draws.rs"]
mod draws;

use draws::Draws;

/// Roughly normal.
fn noise(draws: &mut Draws) -> f64 {
    (0..6).map(|_| draws.next()).sum::<f64>() - 3.0
}

/// The first race day; races are held every ten days.
const FIRST: &str = "2015-03-01";

fn day(race: usize) -> String {
    let first: jiff::civil::Date = FIRST.parse().unwrap();
    let ahead = i64::try_from(race * 10).unwrap();
    first.checked_add(jiff::Span::new().days(ahead)).unwrap().to_string()
}

/// Writes the nine tables; `races` of them, 24 drivers of whom 12 race at a time.
pub fn write(folder: &Path, races: usize) {
    let mut draws = Draws::new(42);
    let save = |name: &str, text: String| std::fs::write(folder.join(format!("{name}.csv")), text).unwrap();
    let (drivers, constructors, circuits) = (24usize, 6usize, 8usize);
    let pace: Vec<f64> = (0..drivers).map(|_| noise(&mut draws)).collect();

    let mut text = "circuit_id,name,country\n".to_owned();
    (0..circuits).for_each(|c| writeln!(text, "C{c},Circuit {c},Country {}", c % 5).unwrap());
    save("circuits", text);
    let mut text = "constructor_id,name,nationality\n".to_owned();
    (0..constructors).for_each(|c| writeln!(text, "K{c},Team {c},Nation {}", c % 4).unwrap());
    save("constructors", text);
    let mut text = "driver_id,code,dob,nationality\n".to_owned();
    (0..drivers).for_each(|d| {
        writeln!(
            text,
            "D{d},DRV{d:02},{}-0{}-1{},Nation {}",
            1975 + d,
            1 + d % 9,
            d % 9,
            d % 4
        )
        .unwrap();
    });
    save("drivers", text);

    let mut tables = [
        ("races", "race_id,circuit_id,round,date\n".to_owned()),
        (
            "results",
            "result_id,race_id,driver_id,constructor_id,grid,position,points,status,date\n".to_owned(),
        ),
        (
            "qualifying",
            "qualify_id,race_id,driver_id,constructor_id,position,date\n".to_owned(),
        ),
        (
            "standings",
            "standing_id,race_id,driver_id,points,position,date\n".to_owned(),
        ),
        (
            "constructor_results",
            "constructor_result_id,race_id,constructor_id,points,date\n".to_owned(),
        ),
        (
            "constructor_standings",
            "constructor_standing_id,race_id,constructor_id,points,date\n".to_owned(),
        ),
    ];
    let mut standing = vec![0.0; drivers];
    let mut team_standing = vec![0.0; constructors];
    let mut id = 0;
    for race in 0..races {
        let date = day(race);
        let [racing, results, qualifying, standings, team_results, team_standings] = &mut tables;
        writeln!(racing.1, "R{race},C{},{},{date}", race % circuits, 1 + race % 20).unwrap();
        // Careers move on: each driver races for a while.
        let first = race * (drivers - 12) / races.max(1);
        let field: Vec<usize> = (first..first + 12).collect();
        let order = |draws: &mut Draws, spread: f64| {
            let mut order: Vec<(f64, usize)> = field.iter().map(|&d| (pace[d] + spread * noise(draws), d)).collect();
            order.sort_by(|a, b| a.0.total_cmp(&b.0));
            order.into_iter().map(|(_, d)| d).collect::<Vec<usize>>()
        };
        let grid = order(&mut draws, 0.5);
        let finish = order(&mut draws, 0.9);
        let mut team_points = vec![0.0; constructors];
        for (place, &d) in grid.iter().enumerate() {
            id += 1;
            writeln!(
                qualifying.1,
                "Q{id},R{race},D{d},K{},{},{date}",
                d % constructors,
                place + 1
            )
            .unwrap();
        }
        for (place, &d) in finish.iter().enumerate() {
            let out = draws.next() < 0.15;
            let points = if out {
                0.0
            } else {
                f64::from(10 - u8::try_from(place.min(10)).unwrap())
            };
            let start = 1 + grid.iter().position(|g| *g == d).unwrap();
            let status = if out { "Retired" } else { "Finished" };
            standing[d] += points;
            team_points[d % constructors] += points;
            id += 1;
            writeln!(
                results.1,
                "E{id},R{race},D{d},K{},{start},{},{points},{status},{date}",
                d % constructors,
                place + 1
            )
            .unwrap();
            writeln!(standings.1, "S{id},R{race},D{d},{},{},{date}", standing[d], place + 1).unwrap();
        }
        for (team, points) in team_points.iter().enumerate() {
            id += 1;
            team_standing[team] += points;
            writeln!(team_results.1, "T{id},R{race},K{team},{points},{date}").unwrap();
            writeln!(team_standings.1, "U{id},R{race},K{team},{},{date}", team_standing[team]).unwrap();
        }
    }
    for (name, text) in tables {
        save(name, text);
    }
}
