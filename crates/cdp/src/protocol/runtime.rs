//! JavaScript: evaluating, calling, contexts, console.

use std::borrow::Cow;

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;

use super::Empty;
use super::macros::{commands, events, objects};
use crate::wire::decode;
use crate::{Error, ExecutionContextId, ObjectId};

objects! {
    /// A JavaScript value, by value or by reference.
    RemoteObject {
        /// `object`, `function`, `undefined`, `string`, `number`, `boolean`, `symbol` or `bigint`.
        r#type: String,
    } optional {
        /// For objects: `null`, `node`, `array`, `error`, `promise` …
        subtype: String,
        /// For objects: the constructor's name.
        class_name: String,
        /// The value, where it was asked for and JSON can hold it.
        value: Box<RawValue>,
        /// What JSON cannot hold: `NaN`, `Infinity`, `-0`, `10n`.
        unserializable_value: String,
        /// How it reads.
        description: String,
        /// For using it later, until released or its context dies.
        object_id: ObjectId,
    };

    /// An argument of a call: a value, a reference or, when empty, `undefined`.
    CallArgument {} optional {
        /// A value.
        value: Value,
        /// What JSON cannot hold.
        unserializable_value: String,
        /// A reference.
        object_id: ObjectId,
    };

    /// A thrown error.
    ExceptionDetails {
        /// Its kind, usually `Uncaught`.
        text: String,
        /// Line, from 0.
        line_number: i64,
        /// Column, from 0.
        column_number: i64,
    } optional {
        /// What was thrown.
        exception: RemoteObject,
        /// Address of the script.
        url: String,
        /// The context.
        execution_context_id: ExecutionContextId,
    };

    /// What an evaluation or call gave.
    EvaluateReturns {
        /// Its value, or what was thrown.
        result: RemoteObject,
    } optional {
        /// Set when it threw.
        exception_details: ExceptionDetails,
    };

    /// A place for scripts: one frame and world.
    ExecutionContextDescription {
        /// Its id within the session.
        id: ExecutionContextId,
        /// Origin of its document.
        origin: String,
        /// Name of its world; empty for the page's own.
        name: String,
        /// Id that no other process uses.
        #[serde(default)]
        unique_id: String,
    } optional {
        /// `frameId`, `isDefault` and `type`.
        aux_data: ContextAuxData,
    };

    /// Which frame and world a context is.
    ContextAuxData {} optional {
        /// The frame.
        frame_id: crate::FrameId,
        /// Whether it is the page's own world.
        is_default: bool,
        /// `default`, `isolated` or `worker`.
        r#type: String,
    };
}

impl RemoteObject {
    /// The value as `T`; a missing value (`undefined`) counts as `null`.
    ///
    /// # Errors
    /// [`Error::Decode`] when it has another shape or was not asked for by value.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, Error> {
        let value = self.value.as_ref().map_or("null", |value| value.get());
        decode::typed(Cow::Borrowed("Runtime.RemoteObject"), value.as_bytes())
    }
}

impl CallArgument {
    /// An argument by value.
    pub fn value(value: impl Into<Value>) -> Self {
        Self {
            value: Some(value.into()),
            ..Self::default()
        }
    }

    /// An argument by reference.
    #[must_use]
    pub fn object(object_id: ObjectId) -> Self {
        Self {
            object_id: Some(object_id),
            ..Self::default()
        }
    }
}

impl ExceptionDetails {
    /// The error as a developer would read it: the thrown value's description, or its kind.
    #[must_use]
    pub fn message(&self) -> String {
        match &self.exception {
            Some(RemoteObject {
                description: Some(description),
                ..
            }) => description.clone(),
            Some(RemoteObject {
                value: Some(value), ..
            }) => format!("{} {}", self.text, value.get()),
            _ => self.text.clone(),
        }
    }
}

commands! {
    /// Turns events on; contexts that are there already are told again.
    Enable = "Runtime.enable" {} -> Empty;

    /// Evaluates an expression.
    Evaluate = "Runtime.evaluate" {
        /// The expression.
        expression: Cow<'static, str>,
    } optional {
        /// Where; the session's main context when missing.
        context_id: ExecutionContextId,
        /// Where, by the id that no other process uses.
        unique_context_id: String,
        /// Group under which references are released together.
        object_group: String,
        /// By value rather than by reference.
        return_by_value: bool,
        /// Waits for a promise.
        await_promise: bool,
        /// As if the user had acted.
        user_gesture: bool,
        /// Milliseconds after which it is stopped.
        timeout: f64,
        /// Allows `await` and repeated `let`.
        repl_mode: bool,
    } -> EvaluateReturns;

    /// Calls a function.
    CallFunctionOn = "Runtime.callFunctionOn" {
        /// The function's source.
        function_declaration: Cow<'static, str>,
    } optional {
        /// `this`; either this or a context is needed.
        object_id: ObjectId,
        /// Its arguments.
        arguments: Vec<CallArgument>,
        /// Where.
        execution_context_id: ExecutionContextId,
        /// Where, by the id that no other process uses.
        unique_context_id: String,
        /// Group under which references are released together.
        object_group: String,
        /// By value rather than by reference.
        return_by_value: bool,
        /// Waits for a promise.
        await_promise: bool,
        /// As if the user had acted.
        user_gesture: bool,
    } -> EvaluateReturns;

    /// Lets a reference go.
    ReleaseObject = "Runtime.releaseObject" {
        /// The reference.
        object_id: ObjectId,
    } -> Empty;

    /// Lets all references of a group go.
    ReleaseObjectGroup = "Runtime.releaseObjectGroup" {
        /// The group.
        object_group: String,
    } -> Empty;

    /// Lets a new target start.
    RunIfWaitingForDebugger = "Runtime.runIfWaitingForDebugger" {} -> Empty;

    /// Stops what is running.
    TerminateExecution = "Runtime.terminateExecution" {} -> Empty;

    /// Gives scripts a function whose calls become `bindingCalled`.
    AddBinding = "Runtime.addBinding" {
        /// Name of the function.
        name: String,
    } optional {
        /// The world that has it; all when missing.
        execution_context_name: String,
    } -> Empty;
}

events! {
    /// A context came up.
    ExecutionContextCreated = "Runtime.executionContextCreated" {
        /// The context.
        context: ExecutionContextDescription,
    };

    /// A context is gone.
    ExecutionContextDestroyed = "Runtime.executionContextDestroyed" {
        /// The context.
        execution_context_id: ExecutionContextId,
    } optional {
        /// Id that no other process uses.
        execution_context_unique_id: String,
    };

    /// All contexts of the session are gone.
    ExecutionContextsCleared = "Runtime.executionContextsCleared" {};

    /// An error was thrown and not caught.
    ExceptionThrown = "Runtime.exceptionThrown" {
        /// Milliseconds since 1970.
        timestamp: f64,
        /// The error.
        exception_details: ExceptionDetails,
    };

    /// A script wrote to the console.
    ConsoleApiCalled = "Runtime.consoleAPICalled" {
        /// `log`, `warning`, `error` …
        r#type: String,
        /// What it wrote.
        args: Vec<RemoteObject>,
        /// The context.
        execution_context_id: ExecutionContextId,
        /// Milliseconds since 1970.
        timestamp: f64,
    };

    /// A script called a binding.
    BindingCalled = "Runtime.bindingCalled" {
        /// Name of the function.
        name: String,
        /// Its argument.
        payload: String,
        /// The context.
        execution_context_id: ExecutionContextId,
    };
}
