//! Agents through the AIQaramba API: tasks that wait for their turn and get a browser of their own.

mod bad_input;
mod ends;
mod journeys;
mod lists;
mod queue;
mod restarts;
mod reviews;
mod tasks;
mod tools;
mod yard;
