//! What reporters write: subjects and descriptions from templates, with numbers, frustration and typing errors.
//! Words tell the category and how far the trouble reaches; whether the errors are real they do not tell.

use super::company::{ENDPOINTS, User};
use super::desk::Ticket;
use super::random::Draw;
use super::topic::{Category, Scope};

/// A subject and a description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// One line.
    pub subject: String,
    /// Some sentences.
    pub description: String,
}

const GREETINGS: [&str; 6] = [
    "Hi team,",
    "Hello,",
    "Hi there,",
    "Hey,",
    "Good morning,",
    "Dear support,",
];

const THANKS: [&str; 8] = [
    "Thanks!",
    "Best regards",
    "Please advise.",
    "Can you look into this?",
    "Any idea what changed?",
    "Let me know if you need logs.",
    "Happy to jump on a call.",
    "Thanks in advance for your help.",
];

const ANGER: [&str; 8] = [
    "This is the third time I write about this.",
    "This is not acceptable.",
    "We are paying a lot for this.",
    "Please treat this as URGENT.",
    "Our management is asking for an update.",
    "I need an answer today.",
    "We have been waiting for days.",
    "Honestly, this is getting frustrating.",
];

const STAGING: [&str; 4] = [
    "So far only on our staging environment.",
    "We see this in a sandbox project.",
    "It is a proof of concept, nothing live.",
    "This is on a test account.",
];

const PARTIAL: [&str; 5] = [
    "It affects one of our teams.",
    "It happens from time to time.",
    "Some of our colleagues see it, others do not.",
    "We could work around it once.",
    "I noticed it while going through our weekly checks.",
];

const PRODUCTION: [&str; 5] = [
    "This is live in production.",
    "Our customers are affected.",
    "Our production pipeline is blocked by it.",
    "All our regions are affected.",
    "Our customers have started to complain.",
];

/// Subjects, then first sentences; they go in pairs when there are equally many.
type Phrases = (&'static [&'static str], &'static [&'static str]);

const API_ERROR: Phrases = (
    &[
        "{endpoint} returns errors",
        "500 errors on {endpoint}",
        "Calls to {endpoint} failing",
        "API error after our last change",
        "Unexpected response from {endpoint}",
        "{endpoint} not working",
        "Getting errors from the API",
    ],
    &[
        "since this morning about {n} of our calls to {endpoint} fail.",
        "our client gets an error from {endpoint} for {n} requests an hour.",
        "{endpoint} answers with an error although nothing changed on our side.",
        "we get internal server errors from {endpoint}, request ids on demand.",
        "requests to {endpoint} fail with an error we do not understand, {n} so far.",
        "after rotating our key, {endpoint} started to return errors.",
    ],
);

const PERFORMANCE: Phrases = (
    &[
        "{endpoint} is slow",
        "Timeouts on {endpoint}",
        "Dashboards take {n} seconds",
        "High latency",
        "Queries slower than last week",
        "Performance of {endpoint}",
    ],
    &[
        "response times of {endpoint} went up to {n} seconds.",
        "our dashboards take {n} seconds to load.",
        "p95 latency of {endpoint} has doubled, we see timeouts.",
        "queries that took a second now take {n}.",
        "{endpoint} is slower than what we were promised.",
    ],
);

const INTEGRATION: Phrases = (
    &[
        "Webhooks not arriving",
        "Integration stopped syncing",
        "Signature mismatch on webhooks",
        "{endpoint} and our connector",
        "CRM sync fails",
        "Missing webhook events",
    ],
    &[
        "about {n} webhook events did not reach us.",
        "our connector stopped syncing, last success {n} hours ago.",
        "the signature of the payload does not match since we changed the url.",
        "the CRM integration shows {n} failed deliveries.",
        "we call {endpoint} from our connector and events are missing.",
    ],
);

const LOGIN: Phrases = (
    &[
        "Cannot log in",
        "SSO login loop",
        "Password reset mail missing",
        "2FA code rejected",
        "Locked out of the console",
    ],
    &[
        "{n} of our users cannot sign in.",
        "single sign-on sends us back to the login page.",
        "the reset mail does not arrive, also not in spam.",
        "the second factor is rejected since I have a new phone.",
        "my account is locked after {n} attempts.",
    ],
);

const BILLING: Phrases = (
    &[
        "Question about invoice",
        "Charged twice",
        "Change of plan",
        "VAT number on invoice",
        "Usage on the bill looks wrong",
    ],
    &[
        "the invoice of last month shows {n} seats, we have fewer.",
        "we seem to be charged twice, difference {n} USD.",
        "we want to change our plan before the next period.",
        "please add our VAT number to invoice {n}.",
        "the usage on our bill does not match our dashboard.",
    ],
);

const DATA_EXPORT: Phrases = (
    &[
        "Export stuck",
        "CSV export incomplete",
        "Scheduled export failed",
        "Export from {endpoint}",
        "Missing rows in export",
    ],
    &[
        "the export is stuck at {n} percent.",
        "our CSV stops after {n} columns.",
        "the scheduled export did not run last night.",
        "downloading from {endpoint} breaks off after {n} MB.",
        "several rows are missing in the file, {n} at least.",
    ],
);

const HOW_TO: Phrases = (
    &[
        "How do I set up roles?",
        "Where to find usage?",
        "How to rotate keys",
        "Question about limits",
        "Docs for batch calls",
    ],
    &[
        "how can I give {n} colleagues read access?",
        "where do I see our usage per project?",
        "what is the right way to rotate an api key?",
        "what are the limits for {n} parallel calls?",
        "is there an example for batch calls in the docs?",
    ],
);

const FEATURE_REQUEST: Phrases = (
    &[
        "Please support Parquet",
        "Audit log wish",
        "Request: more webhooks",
        "Feature request: dark mode",
        "Idea for dashboards",
    ],
    &[
        "it would be great to export to Parquet.",
        "we would love an audit log that reaches back {n} months.",
        "could you add a webhook for finished jobs?",
        "a dark theme would help our night shift.",
        "we would like to share dashboards with {n} external partners.",
    ],
);

/// What a ticket's reporter writes.
pub fn write(ticket: &Ticket, user: &User, draw: &mut Draw) -> Letter {
    let (subjects, openings) = phrases(ticket.category);
    let angry = draw.chance(1.0 / (1.0 + (1.6 - 0.9 * user.temper).exp()));
    let choice = draw.below(subjects.len());
    let opening = if openings.len() == subjects.len() {
        choice
    } else {
        draw.below(openings.len())
    };
    let mut subject = fill(subjects[choice], ticket, draw);
    if angry {
        subject = match draw.below(4) {
            0 => format!("URGENT: {subject}"),
            1 => format!("{subject} (again)"),
            2 => format!("{subject}!!!"),
            _ => subject,
        };
    }
    let mut sentences = Vec::with_capacity(5);
    if draw.chance(0.6) {
        sentences.push(draw.pick(&GREETINGS).to_owned());
    }
    sentences.push(capital(&fill(openings[opening], ticket, draw)));
    if ticket.category.is_trouble() && draw.chance(0.6) {
        sentences.push(draw.pick(reach(ticket.scope)).to_owned());
    }
    if angry {
        sentences.push(draw.pick(&ANGER).to_owned());
    }
    if draw.chance(0.7) {
        sentences.push(draw.pick(&THANKS).to_owned());
    }
    let mut description = sentences.join(" ");
    if draw.chance(0.15) {
        description = mistype(&description, draw);
    }
    Letter {
        subject: capital(&subject),
        description,
    }
}

fn phrases(category: Category) -> Phrases {
    match category {
        Category::ApiError => API_ERROR,
        Category::Performance => PERFORMANCE,
        Category::Integration => INTEGRATION,
        Category::Login => LOGIN,
        Category::Billing => BILLING,
        Category::DataExport => DATA_EXPORT,
        Category::HowTo => HOW_TO,
        Category::FeatureRequest => FEATURE_REQUEST,
    }
}

fn reach(scope: Scope) -> &'static [&'static str] {
    match scope {
        Scope::Staging => &STAGING,
        Scope::Partial => &PARTIAL,
        Scope::Production => &PRODUCTION,
    }
}

fn fill(template: &str, ticket: &Ticket, draw: &mut Draw) -> String {
    let endpoint = match ticket.endpoint {
        Some(endpoint) => ENDPOINTS[endpoint].0,
        None => draw.pick(&["the API", "your service", "one of our calls", "the endpoint"]),
    };
    let number = 2 + draw.below(58);
    template
        .replace("{endpoint}", endpoint)
        .replace("{n}", &number.to_string())
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

/// Swaps two neighbouring letters inside a word.
fn mistype(text: &str, draw: &mut Draw) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let place = 1 + draw.below(letters.len().saturating_sub(2));
    if letters
        .get(place..place + 2)
        .is_some_and(|pair| pair.iter().all(|c| c.is_ascii_lowercase()))
    {
        letters.swap(place, place + 1);
    }
    letters.into_iter().collect()
}
