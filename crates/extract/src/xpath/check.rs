//! What of an expression is wrong whatever page it is read on. What has passed here always means something.

use xpath_eval::{Expr, FilterExpr, FunctionCall, NodeTest, PathExpr, PrimaryExpr, QName, Step};

/// The most parts that an expression may have within each other. Whoever walks over one recurses into each.
const MAX_DEPTH: usize = 200;

/// What an expression gives.
#[derive(Clone, Copy, PartialEq)]
enum Gives {
    Nodes,
    /// A text, a number, or whether something is so.
    Other,
}

/// Whether an expression gives nodes, or why it does not.
pub(super) fn is_for_nodes(expression: &Expr) -> Result<(), String> {
    nodes(expression, 0, "it")
}

fn nodes(expression: &Expr, depth: usize, what: &str) -> Result<(), String> {
    match of(expression, depth)? {
        Gives::Nodes => Ok(()),
        Gives::Other => Err(format!("{what} gives no nodes")),
    }
}

fn of(expression: &Expr, depth: usize) -> Result<Gives, String> {
    if depth > MAX_DEPTH {
        return Err(format!("it has more than {MAX_DEPTH} parts in a row"));
    }
    let depth = depth + 1;
    match expression {
        Expr::Or(left, right)
        | Expr::And(left, right)
        | Expr::Equality(left, _, right)
        | Expr::Relational(left, _, right)
        | Expr::Additive(left, _, right)
        | Expr::Multiplicative(left, _, right) => {
            of(left, depth)?;
            of(right, depth)?;
            Ok(Gives::Other)
        }
        Expr::Negate(inner) => of(inner, depth).map(|_| Gives::Other),
        Expr::Union(left, right) => {
            nodes(left, depth, "what is left of `|`")?;
            nodes(right, depth, "what is right of `|`")?;
            Ok(Gives::Nodes)
        }
        Expr::Path(PathExpr::Location(path)) => steps(&path.steps, depth),
        Expr::Path(PathExpr::Filter(filtered)) => filter(filtered, depth, false),
        Expr::Path(PathExpr::FilterLocation(filtered, path)) => {
            filter(filtered, depth, true)?;
            steps(&path.steps, depth)
        }
    }
}

fn steps(steps: &[Step], depth: usize) -> Result<Gives, String> {
    for step in steps {
        match &step.node_test {
            NodeTest::NamespaceWildcard(prefix)
            | NodeTest::QName(QName {
                prefix: Some(prefix),
                ..
            }) => return Err(format!("the prefix `{prefix}` stands for nothing in HTML")),
            _ => {}
        }
        for predicate in &step.predicates {
            of(predicate, depth)?;
        }
    }
    Ok(Gives::Nodes)
}

fn filter(filter: &FilterExpr, depth: usize, is_path: bool) -> Result<Gives, String> {
    let gives = match &filter.primary {
        PrimaryExpr::Variable(name) => {
            return Err(format!("the variable `${}` has no value", name.local));
        }
        PrimaryExpr::Parenthesized(inner) => of(inner, depth)?,
        PrimaryExpr::Literal(_) | PrimaryExpr::Number(_) => Gives::Other,
        PrimaryExpr::Function(call) => function(call, depth)?,
    };
    for predicate in &filter.predicates {
        of(predicate, depth)?;
    }
    match gives {
        Gives::Other if is_path || !filter.predicates.is_empty() => {
            Err("what is before `[` or `/` gives no nodes".to_owned())
        }
        gives => Ok(gives),
    }
}

fn function(call: &FunctionCall, depth: usize) -> Result<Gives, String> {
    let name = call.name.local.as_str();
    let known = call.name.prefix.is_none().then(|| takes(name)).flatten();
    let Some((least, most)) = known else {
        return Err(format!("there is no function `{name}` in XPath 1.0"));
    };
    let given = call.args.len();
    if given < least || given > most {
        return Err(format!("`{name}` does not take {given} arguments"));
    }
    let wants_nodes = matches!(
        name,
        "count" | "sum" | "local-name" | "namespace-uri" | "name"
    );
    for argument in &call.args {
        match wants_nodes {
            true => nodes(argument, depth, &format!("what `{name}` is given"))?,
            false => of(argument, depth).map(drop)?,
        }
    }
    Ok(if name == "id" {
        Gives::Nodes
    } else {
        Gives::Other
    })
}

/// How many arguments a function takes, at least and at most.
fn takes(name: &str) -> Option<(usize, usize)> {
    Some(match name {
        "last" | "position" | "true" | "false" => (0, 0),
        "local-name" | "namespace-uri" | "name" | "string" | "string-length"
        | "normalize-space" | "number" => (0, 1),
        "count" | "id" | "boolean" | "not" | "lang" | "sum" | "floor" | "ceiling" | "round" => {
            (1, 1)
        }
        "starts-with" | "contains" | "substring-before" | "substring-after" => (2, 2),
        "substring" => (2, 3),
        "translate" => (3, 3),
        "concat" => (2, usize::MAX),
        _ => return None,
    })
}
