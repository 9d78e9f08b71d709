//! Nodes.

use super::Empty;
use super::macros::{commands, objects};
use super::runtime::RemoteObject;
use crate::{BackendNodeId, ExecutionContextId, FrameId, NodeId, ObjectId};

objects! {
    /// A node, as deep as was asked for.
    Node {
        /// Id for the DOM agent; 0 when the node was never pushed to it.
        node_id: NodeId,
        /// Id for the renderer.
        backend_node_id: BackendNodeId,
        /// As in the DOM: 1 element, 3 text, 9 document, 11 fragment.
        node_type: i64,
        /// As in the DOM.
        node_name: String,
        /// As in the DOM.
        local_name: String,
        /// As in the DOM.
        node_value: String,
    } optional {
        /// Names and values in turn.
        attributes: Vec<String>,
        /// Children, when asked for.
        children: Vec<Node>,
        /// For frame elements: the frame in it.
        frame_id: FrameId,
        /// For frame elements of the same process: its document.
        content_document: Box<Node>,
        /// Shadow roots.
        shadow_roots: Vec<Node>,
    };

    /// A node.
    DescribeNodeReturns {
        /// The node.
        node: Node,
    };

    /// A reference to a node.
    ResolveNodeReturns {
        /// The reference.
        object: RemoteObject,
    };

    /// A node's number.
    RequestNodeReturns {
        /// The number.
        node_id: NodeId,
    };

    /// The element that holds a frame.
    GetFrameOwnerReturns {
        /// Id for the renderer.
        backend_node_id: BackendNodeId,
    } optional {
        /// Id for the DOM agent, when it is enabled.
        node_id: NodeId,
    };

    /// A node's boxes: four corners each, x and y in turn, clockwise, CSS pixels of the viewport.
    BoxModel {
        /// Content.
        content: Vec<f64>,
        /// With padding.
        padding: Vec<f64>,
        /// With border.
        border: Vec<f64>,
        /// With margin.
        margin: Vec<f64>,
        /// Width with border.
        width: i64,
        /// Height with border.
        height: i64,
    };

    /// A node's boxes.
    GetBoxModelReturns {
        /// The boxes.
        model: BoxModel,
    };
}

commands! {
    /// Turns the agent on.
    Enable = "DOM.enable" {} -> Empty;

    /// Tells which element holds a frame.
    GetFrameOwner = "DOM.getFrameOwner" {
        /// The frame.
        frame_id: FrameId,
    } -> GetFrameOwnerReturns;

    /// Gives a reference to a node.
    ResolveNode = "DOM.resolveNode" {} optional {
        /// The node.
        node_id: NodeId,
        /// Or the node.
        backend_node_id: BackendNodeId,
        /// Group under which references are released together.
        object_group: String,
        /// The context that it is for.
        execution_context_id: ExecutionContextId,
    } -> ResolveNodeReturns;

    /// Describes a node; the agent need not be on.
    DescribeNode = "DOM.describeNode" {} optional {
        /// The node.
        node_id: NodeId,
        /// Or the node.
        backend_node_id: BackendNodeId,
        /// Or the node.
        object_id: ObjectId,
        /// How deep; -1 is all.
        depth: i64,
        /// Whether into frames and shadow roots.
        pierce: bool,
    } -> DescribeNodeReturns;

    /// Gives a referenced node its number.
    RequestNode = "DOM.requestNode" {
        /// The node.
        object_id: ObjectId,
    } -> RequestNodeReturns;

    /// Puts files into a file input.
    SetFileInputFiles = "DOM.setFileInputFiles" {
        /// Absolute paths that the browser can read.
        files: Vec<String>,
    } optional {
        /// The input.
        node_id: NodeId,
        /// Or the input.
        backend_node_id: BackendNodeId,
        /// Or the input.
        object_id: ObjectId,
    } -> Empty;

    /// Scrolls a node into view unless it is.
    ScrollIntoViewIfNeeded = "DOM.scrollIntoViewIfNeeded" {} optional {
        /// The node.
        node_id: NodeId,
        /// Or the node.
        backend_node_id: BackendNodeId,
        /// Or the node.
        object_id: ObjectId,
    } -> Empty;

    /// Tells a node's boxes.
    GetBoxModel = "DOM.getBoxModel" {} optional {
        /// The node.
        node_id: NodeId,
        /// Or the node.
        backend_node_id: BackendNodeId,
        /// Or the node.
        object_id: ObjectId,
    } -> GetBoxModelReturns;
}
