//! The rules. Services create ids and times, check rights and decide; ports store and do.
