//! Who is there: the vendor's endpoints and support agents, the customers' accounts and users.

use super::calendar::{START, days};
use super::random::{Draw, Weighted};
use crate::data::Timestamp;

/// An endpoint's place in [`ENDPOINTS`].
pub type EndpointId = usize;

/// The product's endpoints with how many customers call them, relatively.
pub const ENDPOINTS: [(&str, f64); 14] = [
    ("/v2/predict", 5.0),
    ("/v1/predict", 3.0),
    ("/v2/batch", 3.0),
    ("/v1/train", 2.0),
    ("/v1/query", 4.0),
    ("/v1/datasets", 2.5),
    ("/v1/models", 2.0),
    ("/v1/export", 2.5),
    ("/v1/webhooks", 2.5),
    ("/v1/auth/token", 2.0),
    ("/v1/reports", 1.5),
    ("/v1/users", 1.0),
    ("/v2/stream", 1.0),
    ("/v2/embeddings", 0.0),
];

/// The endpoint that appears in mid-year, at [`super::calendar::NEW_ENDPOINT_START`].
pub const NEW_ENDPOINT: EndpointId = 13;

/// The endpoint whose errors are failed deliveries.
pub const WEBHOOKS: EndpointId = 8;

/// A customer.
#[derive(Clone, Debug)]
pub struct Account {
    /// A made-up company name.
    pub name: String,
    /// Starter, Growth or Enterprise.
    pub plan: &'static str,
    /// Dollars a year.
    pub arr: f64,
    /// The customer success manager.
    pub csm: &'static str,
    /// How many tickets it writes, relative to others.
    pub activity: f64,
    /// The health it returns to, 0–100.
    pub usual_health: f64,
    /// Endpoints it calls.
    pub endpoints: Vec<EndpointId>,
    /// What no table shows, in log-odds.
    pub unseen: f64,
    /// Its users' places in [`Company::users`].
    pub users: std::ops::Range<usize>,
}

/// A person at a customer.
#[derive(Clone, Debug)]
pub struct User {
    /// Place in [`Company::accounts`].
    pub account: usize,
    /// Under the reserved domain `.example`.
    pub email: String,
    /// Developer, Admin, Analyst or Manager.
    pub role: &'static str,
    /// Midnight of the day of signing up.
    pub signup: Timestamp,
    /// How many tickets the user writes, relative to colleagues.
    pub activity: f64,
    /// How readily the user calls a ticket urgent; 0 on average.
    pub temper: f64,
    /// What no table shows, in log-odds.
    pub unseen: f64,
}

/// Line of support.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tier {
    /// First line.
    L1,
    /// Second line.
    L2,
    /// Engineers who answer tickets.
    L3,
}

impl Tier {
    /// As in `agents.csv`.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::L1 => "L1",
            Self::L2 => "L2",
            Self::L3 => "L3/Eng",
        }
    }
}

/// A support agent.
#[derive(Clone, Debug)]
pub struct Agent {
    /// First name, with an initial when it is taken.
    pub name: String,
    /// Line of support.
    pub tier: Tier,
    /// The topics resolved three times faster; see [`super::topic::Category::specialty`].
    pub specialty: &'static str,
    /// Factor on hours to resolve, around 1.
    pub pace: f64,
}

/// Everyone.
#[derive(Clone, Debug)]
pub struct Company {
    /// Customers.
    pub accounts: Vec<Account>,
    /// Customers' people, account by account.
    pub users: Vec<User>,
    /// Support.
    pub agents: Vec<Agent>,
}

const FIRST: [&str; 40] = [
    "Alex", "Priya", "James", "Maria", "Chen", "Fatima", "Lukas", "Aisha", "Diego", "Emma", "Noah", "Yuki", "Omar",
    "Ingrid", "Ravi", "Sofia", "Tomas", "Leila", "Mateo", "Hana", "Jonas", "Amara", "Pavel", "Nora", "Felix", "Zoe",
    "Kofi", "Elena", "Marco", "Astrid", "Dev", "Clara", "Hugo", "Mei", "Samir", "Lucia", "Erik", "Nadia", "Theo",
    "Ines",
];

const LAST: [&str; 40] = [
    "Adams", "Becker", "Costa", "Dubois", "Eriksen", "Fischer", "Garcia", "Hansen", "Ito", "Jansen", "Kumar", "Lopez",
    "Martin", "Novak", "Okafor", "Patel", "Quinn", "Rossi", "Silva", "Tanaka", "Ueda", "Vogel", "Weber", "Xu",
    "Yilmaz", "Zhang", "Ahmed", "Brown", "Chavez", "Diaz", "Evans", "Flores", "Gupta", "Huber", "Ivanov", "Jung",
    "Khan", "Lund", "Meyer", "Nagy",
];

const BRAND: [&str; 48] = [
    "Alder", "Amber", "Arbor", "Aspen", "Basalt", "Beacon", "Birch", "Brook", "Canyon", "Cedar", "Cinder", "Clover",
    "Cobalt", "Coral", "Crest", "Delta", "Drift", "Elm", "Ember", "Fjord", "Flint", "Garnet", "Glacier", "Harbor",
    "Hazel", "Heron", "Indigo", "Juniper", "Kestrel", "Lark", "Linden", "Lumen", "Maple", "Meridian", "Mica", "Nimbus",
    "Oak", "Onyx", "Opal", "Orchid", "Pine", "Quartz", "Raven", "Sable", "Slate", "Tidal", "Umber", "Willow",
];

const TRADE: [&str; 35] = [
    "Analytics",
    "Bank",
    "Biotech",
    "Capital",
    "Cargo",
    "Clinics",
    "Commerce",
    "Credit",
    "Data",
    "Energy",
    "Foods",
    "Freight",
    "Games",
    "Health",
    "Homes",
    "Insurance",
    "Labs",
    "Learning",
    "Logistics",
    "Media",
    "Mobility",
    "Motors",
    "Networks",
    "Outdoors",
    "Payments",
    "Pharma",
    "Power",
    "Retail",
    "Robotics",
    "Security",
    "Software",
    "Sports",
    "Systems",
    "Travel",
    "Works",
];

const CSMS: [&str; 8] = [
    "Lisa T.", "Mike R.", "Anita K.", "Ben S.", "Carla M.", "Dan O.", "Eva P.", "Farid N.",
];

/// Tiers and specialties in the order agents are hired.
const POSTS: [(Tier, &str); 12] = [
    (Tier::L1, "General"),
    (Tier::L2, "API issues"),
    (Tier::L3, "Backend"),
    (Tier::L1, "Billing"),
    (Tier::L1, "Account access"),
    (Tier::L2, "Integrations"),
    (Tier::L1, "General"),
    (Tier::L2, "Backend"),
    (Tier::L1, "API issues"),
    (Tier::L1, "General"),
    (Tier::L1, "Integrations"),
    (Tier::L3, "API issues"),
];

impl Company {
    /// A company whose support receives `tickets` tickets in the year: about 50 an account, 10 a user, 1,250 an agent.
    pub fn found(tickets: usize, draw: &mut Draw) -> Self {
        let mut company = Self {
            accounts: Vec::new(),
            users: Vec::new(),
            agents: Vec::new(),
        };
        for number in 0..(tickets / 50).max(8) {
            company.sign_account(number, draw);
        }
        company.agents = (0..(tickets / 1_400).max(12))
            .map(|number| hire(number, draw))
            .collect();
        company
    }

    fn sign_account(&mut self, number: usize, draw: &mut Draw) {
        let (plan, low, high, seats) = match draw.unit() {
            u if u < 0.33 => ("Starter", 6.0, 20.0, 2),
            u if u < 0.73 => ("Growth", 24.0, 96.0, 3),
            _ => ("Enterprise", 120.0, 480.0, 5),
        };
        let arr = (low * (draw.unit() * f64::ln(high / low)).exp()).round() * 1_000.0;
        let first_user = self.users.len();
        let name = account_name(number);
        for seat in 0..seats + draw.below(seats + 1) {
            let user = sign_user(self.accounts.len(), &name, first_user + seat, seat == 0, draw);
            self.users.push(user);
        }
        self.accounts.push(Account {
            name,
            plan,
            arr,
            csm: CSMS[draw.below(CSMS.len())],
            activity: draw.log_normal((arr / 50_000.0).powf(0.3), 0.5),
            usual_health: (71.0 + 16.0 * draw.normal()).clamp(20.0, 96.0),
            endpoints: choose_endpoints(draw),
            unseen: 0.2 * draw.normal(),
            users: first_user..self.users.len(),
        });
    }
}

fn sign_user(account: usize, company: &str, number: usize, founding: bool, draw: &mut Draw) -> User {
    let role = match draw.unit() {
        u if u < 0.50 => "Developer",
        u if u < 0.72 => "Admin",
        u if u < 0.88 => "Analyst",
        _ => "Manager",
    };
    let day = if founding || draw.chance(0.8) {
        -draw.between(20.0, 1_400.0)
    } else {
        draw.between(0.0, 330.0)
    };
    let first = FIRST[draw.below(FIRST.len())];
    let last = LAST[draw.below(LAST.len())];
    let domain: String = company.to_lowercase().split_whitespace().collect();
    User {
        account,
        email: format!(
            "{}.{}{}@{domain}.example",
            first.to_lowercase(),
            last.to_lowercase(),
            number % 97
        ),
        role,
        signup: START + days(day.floor()),
        activity: draw.log_normal(1.0, 0.9),
        temper: draw.normal() + if role == "Manager" { 0.6 } else { 0.0 },
        unseen: 0.25 * draw.normal(),
    }
}

fn hire(number: usize, draw: &mut Draw) -> Agent {
    let (tier, specialty) = POSTS[number % POSTS.len()];
    let name = match number / FIRST.len() {
        0 => FIRST[number].to_owned(),
        round => format!(
            "{} {}.",
            FIRST[number % FIRST.len()],
            &LAST[(round - 1) % LAST.len()][..1]
        ),
    };
    Agent {
        name,
        tier,
        specialty,
        pace: draw.log_normal(1.0, 0.12),
    }
}

/// All pairs of brand and trade in a scattered order; when they are used up, numbered.
fn account_name(number: usize) -> String {
    let pairs = BRAND.len() * TRADE.len();
    let pair = (number * 1_009) % pairs;
    let name = format!("{} {}", BRAND[pair / TRADE.len()], TRADE[pair % TRADE.len()]);
    match number / pairs {
        0 => name,
        round => format!("{name} {}", round + 1),
    }
}

fn choose_endpoints(draw: &mut Draw) -> Vec<EndpointId> {
    let popularity = Weighted::new(ENDPOINTS.iter().map(|e| e.1));
    let wanted = 3 + draw.below(4);
    let mut chosen = Vec::with_capacity(wanted + 1);
    while chosen.len() < wanted {
        let endpoint = popularity.pick(draw);
        if !chosen.contains(&endpoint) {
            chosen.push(endpoint);
        }
    }
    if draw.chance(0.4) {
        chosen.push(NEW_ENDPOINT);
    }
    chosen
}
