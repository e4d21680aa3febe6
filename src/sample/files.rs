//! The simulated year as files: CSV (RFC 4180) with a header row, RFC 3339 times, and the schema that describes them.

use super::calendar::END;
use super::company::{Company, ENDPOINTS};
use super::desk::Ticket;
use super::product::Product;
use super::random::Draw;
use super::roster::rosters;
use super::words::write;
use super::{SampleFile, SampleOptions};
use crate::data::Timestamp;

/// Keys, time columns and links of the tables, in the form of a data folder's `schema.toml`.
const SCHEMA: &str = include_str!("schema.toml");

/// A CSV file being written.
struct Csv(String);

impl Csv {
    fn new(header: &str) -> Self {
        Self(format!("{header}\n"))
    }

    fn row<const N: usize>(&mut self, cells: [&str; N]) {
        for (place, cell) in cells.iter().enumerate() {
            if place > 0 {
                self.0.push(',');
            }
            if cell.contains([',', '"', '\n', '\r']) {
                self.0.push('"');
                self.0.push_str(&cell.replace('"', "\"\""));
                self.0.push('"');
            } else {
                self.0.push_str(cell);
            }
        }
        self.0.push('\n');
    }

    fn file(self, name: &'static str) -> SampleFile {
        SampleFile {
            name,
            bytes: self.0.into_bytes(),
        }
    }
}

/// Every file of the sample.
pub fn files(
    options: &SampleOptions,
    company: &Company,
    product: &Product,
    tickets: &[Ticket],
    draw: &mut Draw,
) -> Vec<SampleFile> {
    vec![
        accounts(company),
        account_health(product),
        users(company),
        agents(company, options.seed),
        ticket_log(company, tickets, draw),
        product_events(product),
        deployments(product),
        truth(tickets),
        SampleFile {
            name: "schema.toml",
            bytes: SCHEMA.as_bytes().to_vec(),
        },
        SampleFile {
            name: "README.txt",
            bytes: readme(options).into_bytes(),
        },
    ]
}

fn accounts(company: &Company) -> SampleFile {
    let mut csv = Csv::new("account_id,name,plan,arr,csm");
    for (place, a) in company.accounts.iter().enumerate() {
        csv.row([&account_id(place), &a.name, a.plan, &dollars(a.arr), a.csm]);
    }
    csv.file("accounts.csv")
}

fn account_health(product: &Product) -> SampleFile {
    let mut rows: Vec<_> = product
        .health
        .iter()
        .enumerate()
        .flat_map(|(account, series)| series.iter().map(move |h| (h.at, account, h.score)))
        .collect();
    rows.sort_unstable();
    let mut csv = Csv::new("health_id,account_id,measured_at,health_score");
    for (place, (at, account, score)) in rows.into_iter().enumerate() {
        csv.row([
            &format!("HS{:06}", place + 1),
            &account_id(account),
            &at.to_string(),
            &score.to_string(),
        ]);
    }
    csv.file("account_health.csv")
}

fn users(company: &Company) -> SampleFile {
    let mut csv = Csv::new("user_id,account_id,email,role,signup");
    for (place, u) in company.users.iter().enumerate() {
        let day = u.signup.to_string();
        csv.row([
            &user_id(place),
            &account_id(u.account),
            &u.email,
            u.role,
            day.split('T').next().unwrap_or(&day),
        ]);
    }
    csv.file("users.csv")
}

fn agents(company: &Company, seed: u64) -> SampleFile {
    let mut csv = Csv::new("agent_id,name,tier,specialty,working_hours,away");
    for (place, (a, roster)) in company.agents.iter().zip(rosters(company, seed)).enumerate() {
        csv.row([
            &agent_id(place),
            &a.name,
            a.tier.text(),
            a.specialty,
            &roster.hours,
            &roster.away,
        ]);
    }
    csv.file("agents.csv")
}

fn ticket_log(company: &Company, tickets: &[Ticket], draw: &mut Draw) -> SampleFile {
    let mut csv = Csv::new(
        "ticket_id,account_id,user_id,agent_id,category,priority,subject,description,endpoint,created_at,\
         first_response_at,resolved_at,escalated_to_eng,resolution_hours",
    );
    for (place, t) in tickets.iter().enumerate() {
        let letter = write(t, &company.users[t.user], draw);
        let hours = if t.resolved <= END {
            format!("{:.2}", (t.resolved - t.created).as_hours())
        } else {
            String::new()
        };
        csv.row([
            &ticket_id(place),
            &account_id(t.account),
            &user_id(t.user),
            &agent_id(t.agent),
            t.category.text(),
            t.priority.text(),
            &letter.subject,
            &letter.description,
            t.endpoint.map_or("", |e| ENDPOINTS[e].0),
            &t.created.to_string(),
            &known(Some(t.responded)),
            &known(Some(t.resolved)),
            &known(t.escalated),
            &hours,
        ]);
    }
    csv.file("tickets.csv")
}

fn product_events(product: &Product) -> SampleFile {
    let mut csv = Csv::new("event_id,account_id,event_type,at,details");
    for (place, e) in product.events.iter().enumerate() {
        csv.row([
            &format!("PE{:07}", place + 1),
            &account_id(e.account),
            e.kind.text(),
            &e.at.to_string(),
            &e.details,
        ]);
    }
    csv.file("product_events.csv")
}

fn deployments(product: &Product) -> SampleFile {
    let mut csv = Csv::new("deployment_id,endpoint,version,deployed_at");
    for (place, d) in product.deployments.iter().enumerate() {
        csv.row([
            &format!("DP{:05}", place + 1),
            ENDPOINTS[d.endpoint].0,
            &d.version,
            &d.at.to_string(),
        ]);
    }
    csv.file("deployments.csv")
}

fn truth(tickets: &[Ticket]) -> SampleFile {
    let mut csv = Csv::new("ticket_id,probability,driver");
    for (place, t) in tickets.iter().enumerate() {
        csv.row([
            &ticket_id(place),
            &format!("{:.6}", t.truth.probability),
            t.truth.driver.text(),
        ]);
    }
    csv.file("truth.csv")
}

fn readme(options: &SampleOptions) -> String {
    format!(
        "synthetic, made by bellwether sample --tickets {} --seed {}\n\n\
         No company, person, ticket or figure in this folder is real. The year runs from {} to {END}; what would have\n\
         happened later is left empty. truth.csv holds each ticket's true probability of escalation to engineering within\n\
         48 hours, as known at its creation, and the driver that raises it most: recurring_errors, recent_deployment,\n\
         user_history, account_health, arr, priority, agent, or none. It is for measuring; no model may read it.\n",
        options.tickets,
        options.seed,
        super::calendar::START,
    )
}

/// The log ends at [`END`]; what comes later is not known.
fn known(at: Option<Timestamp>) -> String {
    at.filter(|t| *t <= END).map(|t| t.to_string()).unwrap_or_default()
}

/// Whole dollars with a comma at the thousands, such as `$240,000`.
fn dollars(amount: f64) -> String {
    let digits = format!("{amount:.0}");
    let mut text = String::from("$");
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn account_id(place: usize) -> String {
    format!("ACC{:05}", place + 1)
}

fn user_id(place: usize) -> String {
    format!("U{:06}", place + 1)
}

fn agent_id(place: usize) -> String {
    format!("AG{:03}", place + 1)
}

fn ticket_id(place: usize) -> String {
    format!("TK{:06}", place + 1)
}
