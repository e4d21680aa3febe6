//! Which cells the answer to a question is read from.

use std::collections::BTreeSet;

use super::task::{Aggregate, BoundCondition, BoundTarget, Reach, Task};
use crate::data::{ColumnId, Schema, TableId};

impl Task {
    /// Every column that the target and the conditions read, the moments and the links that lead there among them.
    #[must_use]
    pub fn reads(&self, schema: &Schema) -> BTreeSet<(TableId, ColumnId)> {
        let mut found = Reads {
            schema,
            all: BTreeSet::from([(self.entity, self.key)]),
        };
        match &self.target {
            BoundTarget::Column(reach) => found.reach(self.entity, reach),
            BoundTarget::Aggregate(aggregate) => found.aggregate(aggregate),
            BoundTarget::Condition(condition) => found.condition(self.entity, condition),
        }
        for condition in self.population.iter().chain(&self.assuming) {
            found.condition(self.entity, condition);
        }
        found.all
    }
}

struct Reads<'a> {
    schema: &'a Schema,
    all: BTreeSet<(TableId, ColumnId)>,
}

impl Reads<'_> {
    fn links(&mut self, mut table: TableId, links: &[ColumnId]) {
        for &column in links {
            self.all.insert((table, column));
            match self.schema.table(table).link(column) {
                Some(link) => table = link.table,
                None => return,
            }
        }
    }

    fn reach(&mut self, from: TableId, reach: &Reach) {
        self.links(from, &reach.links);
        self.all.insert((reach.table, reach.column));
    }

    fn aggregate(&mut self, aggregate: &Aggregate) {
        self.links(aggregate.table, &aggregate.links);
        self.all.insert((aggregate.table, aggregate.time));
        self.all
            .extend(aggregate.column.map(|column| (aggregate.table, column)));
        if let Some(filter) = &aggregate.filter {
            self.condition(aggregate.table, filter);
        }
    }

    fn condition(&mut self, from: TableId, condition: &BoundCondition) {
        condition.each_column(&mut |reach| self.reach(from, reach));
        condition.each_aggregate(&mut |aggregate| self.aggregate(aggregate));
    }
}

#[cfg(test)]
mod tests {
    use crate::data::{SourceFile, read};
    use crate::query::{Mode, bind};

    #[test]
    fn a_question_reads_what_its_target_and_its_conditions_name() {
        let file = |name: &str, text: &str| SourceFile {
            name: name.to_owned(),
            bytes: text.as_bytes().to_vec(),
        };
        let accounts = file("accounts.csv", "account_id,plan\n1,free\n2,paid\n");
        let tickets = file(
            "tickets.csv",
            "ticket_id,account_id,opened_at,kind,note\n1,1,2025-03-01,a,x\n2,2,2025-03-02,b,y\n3,2,2025-03-03,b,z\n",
        );
        let schema = read(vec![accounts, tickets], None).unwrap().database.schema;
        let reads = |query: &str| {
            let task = bind(query, &schema, Mode::Extended).unwrap();
            let found = task.reads(&schema).into_iter();
            let mut names: Vec<String> = found.map(|(table, column)| schema.column_name(table, column)).collect();
            names.sort();
            names
        };
        assert_eq!(
            reads("PREDICT COUNT(tickets.* WHERE tickets.kind = 'b', 0, 7, days) FOR EACH accounts.account_id"),
            [
                "accounts.account_id",
                "tickets.account_id",
                "tickets.kind",
                "tickets.opened_at"
            ]
        );
        assert_eq!(
            reads(
                "PREDICT COUNT(tickets.*, 0, 7, days) > 0 FOR EACH accounts.account_id WHERE NOT accounts.plan = 'free'"
            ),
            [
                "accounts.account_id",
                "accounts.plan",
                "tickets.account_id",
                "tickets.opened_at"
            ]
        );
    }
}
