//! What an expression means on one page, within bounds. Nothing where they are met.

use std::cell::Cell;
use std::collections::HashSet;

use xpath_eval::{
    AdditiveOp, EqualityOp, Expr, FilterExpr, MultiplicativeOp, PathExpr, PrimaryExpr,
    RelationalOp, Step,
};

use super::tree::{Place, Tree};
use super::value::{Value, number, written};

/// The most work, in parts of the expression that are looked at, nodes that are passed, and bytes of text by [`BYTES`].
const MAX_WORK: usize = 30_000_000;
/// So many bytes of text are one piece of work.
const BYTES: usize = 4;
/// The longest text that is put together, in bytes.
const MAX_TEXT: usize = 32 * 1024 * 1024;

/// Where in a page an expression is read.
#[derive(Clone, Copy)]
pub(super) struct At {
    /// The node.
    pub node: Place,
    /// Its number among those that are looked at with it, from 1.
    pub position: usize,
    /// How many these are.
    pub size: usize,
}

/// One reading of an expression on a page.
pub(super) struct Run<'a> {
    pub(super) tree: &'a Tree,
    left: Cell<usize>,
}

impl<'a> Run<'a> {
    pub(super) fn new(tree: &'a Tree) -> Self {
        Self {
            tree,
            left: Cell::new(MAX_WORK),
        }
    }

    /// What an expression means on the page as a whole.
    pub(super) fn evaluate(&self, expression: &Expr) -> Option<Value> {
        let page = At {
            node: 0,
            position: 1,
            size: 1,
        };
        self.value(expression, page)
    }

    /// Counts work; nothing when there has been too much of it.
    pub(super) fn spend(&self, work: usize) -> Option<()> {
        self.left.set(self.left.get().checked_sub(work)?);
        Some(())
    }

    /// Counts a text, and gives it if it is not too long.
    pub(super) fn text(&self, text: String) -> Option<String> {
        self.spend(text.len() / BYTES + 1)?;
        (text.len() <= MAX_TEXT).then_some(text)
    }

    pub(super) fn value(&self, expression: &Expr, at: At) -> Option<Value> {
        self.spend(1)?;
        let truth = |inner: &Expr| self.value(inner, at).map(|it| it.is_true());
        let number = |inner: &Expr| self.number(&self.value(inner, at)?);
        Some(match expression {
            Expr::Or(left, right) => Value::Flag(truth(left)? || truth(right)?),
            Expr::And(left, right) => Value::Flag(truth(left)? && truth(right)?),
            Expr::Equality(left, operator, right) => {
                let (left, right) = (self.value(left, at)?, self.value(right, at)?);
                Value::Flag(self.equal(&left, *operator, &right)?)
            }
            Expr::Relational(left, operator, right) => {
                let (left, right) = (self.value(left, at)?, self.value(right, at)?);
                Value::Flag(self.related(&left, *operator, &right)?)
            }
            Expr::Additive(left, operator, right) => {
                let (left, right) = (number(left)?, number(right)?);
                Value::Number(match operator {
                    AdditiveOp::Add => left + right,
                    AdditiveOp::Sub => left - right,
                })
            }
            Expr::Multiplicative(left, operator, right) => {
                let (left, right) = (number(left)?, number(right)?);
                Value::Number(match operator {
                    MultiplicativeOp::Mul => left * right,
                    MultiplicativeOp::Div => left / right,
                    MultiplicativeOp::Mod => left % right,
                })
            }
            Expr::Negate(inner) => Value::Number(-number(inner)?),
            Expr::Union(left, right) => {
                let mut both = self.nodes(left, at)?;
                both.append(&mut self.nodes(right, at)?);
                self.order(&mut both)?;
                Value::Nodes(both)
            }
            Expr::Path(PathExpr::Location(path)) => {
                let from = if path.is_absolute { 0 } else { at.node };
                Value::Nodes(self.steps(&path.steps, vec![from])?)
            }
            Expr::Path(PathExpr::Filter(filter)) => self.filtered(filter, at)?,
            Expr::Path(PathExpr::FilterLocation(filter, path)) => {
                let from = nodes_of(self.filtered(filter, at)?);
                Value::Nodes(self.steps(&path.steps, from)?)
            }
        })
    }

    /// The nodes that an expression gives, which [`super::check`] has seen to give some.
    pub(super) fn nodes(&self, expression: &Expr, at: At) -> Option<Vec<Place>> {
        self.value(expression, at).map(nodes_of)
    }

    fn filtered(&self, filter: &FilterExpr, at: At) -> Option<Value> {
        let value = match &filter.primary {
            PrimaryExpr::Parenthesized(inner) => self.value(inner, at)?,
            PrimaryExpr::Literal(text) => Value::Text(self.text(text.clone())?),
            PrimaryExpr::Number(number) => Value::Number(*number),
            PrimaryExpr::Function(call) => self.call(call, at)?,
            // There are none.
            PrimaryExpr::Variable(_) => Value::Nodes(Vec::new()),
        };
        if filter.predicates.is_empty() {
            return Some(value);
        }
        let mut nodes = nodes_of(value);
        for predicate in &filter.predicates {
            nodes = self.kept(predicate, nodes)?;
        }
        Some(Value::Nodes(nodes))
    }

    fn steps(&self, steps: &[Step], from: Vec<Place>) -> Option<Vec<Place>> {
        let step = |nodes: Vec<Place>, step: &Step| self.step(step, &nodes);
        steps.iter().try_fold(from, step)
    }

    fn step(&self, step: &Step, from: &[Place]) -> Option<Vec<Place>> {
        self.spend(1)?;
        let mut all = Vec::new();
        for node in from {
            let mut found = Vec::new();
            self.tree.walk(step.axis, *node, |at, is_on| {
                self.spend(1)?;
                if is_on && self.tree.fits(at, step.axis, &step.node_test) {
                    found.push(at);
                }
                Some(())
            })?;
            for predicate in &step.predicates {
                found = self.kept(predicate, found)?;
            }
            all.append(&mut found);
            // The same nodes found from many others take no more room than they need.
            if all.len() > 2 * self.tree.len() {
                self.order(&mut all)?;
            }
        }
        self.order(&mut all)?;
        Some(all)
    }

    /// Those of the nodes that a predicate holds for, which sees them numbered as they come.
    fn kept(&self, predicate: &Expr, nodes: Vec<Place>) -> Option<Vec<Place>> {
        let size = nodes.len();
        let mut kept = Vec::new();
        for (index, node) in nodes.into_iter().enumerate() {
            let position = index + 1;
            let at = At {
                node,
                position,
                size,
            };
            let holds = match self.value(predicate, at)? {
                Value::Number(number) => number == position as f64,
                value => value.is_true(),
            };
            if holds {
                kept.push(node);
            }
        }
        Some(kept)
    }

    fn order(&self, nodes: &mut Vec<Place>) -> Option<()> {
        if !nodes.is_sorted_by(|one, next| one < next) {
            // Sorting looks at each several times.
            self.spend(8 * nodes.len())?;
            nodes.sort_unstable();
            nodes.dedup();
        }
        Some(())
    }

    /// What a node says.
    pub(super) fn said(&self, at: Place) -> Option<String> {
        // The nodes between the texts are passed, too, and the text is made anew.
        self.spend(self.tree.inside(at) + 8)?;
        let mut text = String::new();
        for part in self.tree.texts(at) {
            self.spend(part.len() / BYTES + 1)?;
            text.push_str(part);
        }
        Some(text)
    }

    /// A value as a text; of nodes, that of the first.
    pub(super) fn written(&self, value: Value) -> Option<String> {
        match value {
            Value::Nodes(nodes) => nodes
                .first()
                .map_or(Some(String::new()), |at| self.said(*at)),
            Value::Text(text) => Some(text),
            Value::Number(number) => Some(written(number)),
            Value::Flag(flag) => Some(flag.to_string()),
        }
    }

    /// A value as a number.
    pub(super) fn number(&self, value: &Value) -> Option<f64> {
        Some(match value {
            Value::Nodes(nodes) => match nodes.first() {
                Some(at) => number(&self.said(*at)?),
                None => f64::NAN,
            },
            Value::Text(text) => number(text),
            Value::Number(number) => *number,
            Value::Flag(flag) => f64::from(u8::from(*flag)),
        })
    }

    /// `=` and `!=`: of nodes, whether it holds for any of them.
    fn equal(&self, left: &Value, operator: EqualityOp, right: &Value) -> Option<bool> {
        let wanted = operator == EqualityOp::Eq;
        Some(match (left, right) {
            (Value::Nodes(left), Value::Nodes(right)) => {
                let left = self.texts_of(left)?;
                let right = self.texts_of(right)?;
                match operator {
                    EqualityOp::Eq => !left.is_disjoint(&right),
                    // All pairs are equal where both sides say one and the same thing.
                    EqualityOp::Ne => {
                        let differs = left.len() > 1 || right.len() > 1 || left != right;
                        !left.is_empty() && !right.is_empty() && differs
                    }
                }
            }
            (Value::Flag(_), _) | (_, Value::Flag(_)) => {
                (left.is_true() == right.is_true()) == wanted
            }
            (Value::Nodes(nodes), other) | (other, Value::Nodes(nodes)) => {
                for at in nodes {
                    let said = self.said(*at)?;
                    let is_equal = match other {
                        Value::Text(text) => said == *text,
                        other => number(&said) == self.number(other)?,
                    };
                    if is_equal == wanted {
                        return Some(true);
                    }
                }
                false
            }
            (Value::Text(left), Value::Text(right)) => (left == right) == wanted,
            (left, right) => (self.number(left)? == self.number(right)?) == wanted,
        })
    }

    fn texts_of(&self, nodes: &[Place]) -> Option<HashSet<String>> {
        nodes.iter().map(|at| self.said(*at)).collect()
    }

    /// `<` and the like: of nodes, whether it holds for any of them, which the least and the greatest tell.
    fn related(&self, left: &Value, operator: RelationalOp, right: &Value) -> Option<bool> {
        let holds = |left: f64, right: f64| match operator {
            RelationalOp::Lt => left < right,
            RelationalOp::Le => left <= right,
            RelationalOp::Gt => left > right,
            RelationalOp::Ge => left >= right,
        };
        let (left, right) = match (left, right) {
            (Value::Nodes(_), Value::Flag(_)) | (Value::Flag(_), Value::Nodes(_)) => {
                let flag = |it: &Value| f64::from(u8::from(it.is_true()));
                return Some(holds(flag(left), flag(right)));
            }
            (left, right) => (self.range(left)?, self.range(right)?),
        };
        Some(match operator {
            RelationalOp::Lt | RelationalOp::Le => holds(left.0, right.1),
            RelationalOp::Gt | RelationalOp::Ge => holds(left.1, right.0),
        })
    }

    /// The least and the greatest number of a value.
    fn range(&self, value: &Value) -> Option<(f64, f64)> {
        let Value::Nodes(nodes) = value else {
            let number = self.number(value)?;
            return Some((number, number));
        };
        let mut range = (f64::NAN, f64::NAN);
        for at in nodes {
            // What is no number is passed over here.
            let number = number(&self.said(*at)?);
            range = (range.0.min(number), range.1.max(number));
        }
        Some(range)
    }
}

fn nodes_of(value: Value) -> Vec<Place> {
    match value {
        Value::Nodes(nodes) => nodes,
        _ => Vec::new(),
    }
}
