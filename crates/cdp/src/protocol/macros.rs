//! The shapes that all commands, events and other objects of the protocol share.

/// Commands: a struct of parameters each. What stands under `optional` is left out of the message when `None`.
macro_rules! commands {
    ($(
        $(#[$doc:meta])*
        $name:ident = $method:literal {
            $($(#[$of:meta])* $field:ident: $kind:ty,)*
        } $(optional {
            $($(#[$optional_of:meta])* $optional:ident: $optional_kind:ty,)*
        })? -> $returns:ty;
    )+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Default, serde::Serialize)]
        #[serde(rename_all = "camelCase")]
        pub struct $name {
            $($(#[$of])* pub $field: $kind,)*
            $($(
                $(#[$optional_of])*
                #[serde(skip_serializing_if = "Option::is_none")]
                pub $optional: Option<$optional_kind>,
            )*)?
        }

        impl crate::Command for $name {
            const METHOD: &'static str = $method;
            type Returns = $returns;
        }
    )+};
}

/// Events: a struct of parameters each. What stands under `optional` may be missing.
macro_rules! events {
    ($(
        $(#[$doc:meta])*
        $name:ident = $method:literal {
            $($(#[$of:meta])* $field:ident: $kind:ty,)*
        } $(optional {
            $($(#[$optional_of:meta])* $optional:ident: $optional_kind:ty,)*
        })?;
    )+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, serde::Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub struct $name {
            $($(#[$of])* pub $field: $kind,)*
            $($($(#[$optional_of])* pub $optional: Option<$optional_kind>,)*)?
        }

        impl crate::Event for $name {
            const METHOD: &'static str = $method;
        }
    )+};
}

/// Answers and the objects that travel inside messages. What stands under `optional` may be missing.
macro_rules! objects {
    ($(
        $(#[$doc:meta])*
        $name:ident {
            $($(#[$of:meta])* $field:ident: $kind:ty,)*
        } $(optional {
            $($(#[$optional_of:meta])* $optional:ident: $optional_kind:ty,)*
        })?;
    )+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub struct $name {
            $($(#[$of])* pub $field: $kind,)*
            $($(
                $(#[$optional_of])*
                #[serde(skip_serializing_if = "Option::is_none")]
                pub $optional: Option<$optional_kind>,
            )*)?
        }
    )+};
}

/// Fixed sets of words that we send; the first is the default.
macro_rules! words {
    ($(
        $(#[$doc:meta])*
        $name:ident { $(#[$first_of:meta])* $first:ident = $first_word:literal,
            $($(#[$of:meta])* $variant:ident = $word:literal,)* }
    )+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $(#[$first_of])* #[default] #[serde(rename = $first_word)] $first,
            $($(#[$of])* #[serde(rename = $word)] $variant,)*
        }
    )+};
}

pub(crate) use {commands, events, objects, words};
