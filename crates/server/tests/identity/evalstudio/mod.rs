//! The rules of the EvalStudio API, one by one.

mod below_projects;
mod framework;
mod keyless;
mod merging;
mod personas;
mod projects;
