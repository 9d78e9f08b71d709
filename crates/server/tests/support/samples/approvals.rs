//! What waits for an approval.

use serde_json::json;

use super::{NOBODY, Samples, id_of};
use crate::support::Stage;
use crate::support::client::{Call, Client};

/// Has two uploads wait: one that is to be approved, and one that is to be denied. Then nothing more needs an approval.
pub async fn prepare(stage: &Stage) -> (String, String) {
    let client = &stage.client;
    let policy = async |uploads: bool| {
        let call = client.put("/approvals/policy");
        call.json(json!({"uploads": uploads})).ok().await;
    };
    policy(true).await;
    for name in ["approved.txt", "denied.txt"] {
        let call = client.post(&format!("/storage/uploads/{name}"));
        call.file("file", "something").ok().await;
        let action = json!({"type": "upload_file", "selector": "body", "file_path": name});
        let done = stage.execute(action).await;
        assert_eq!(done["success"], false, "{done}");
    }
    policy(false).await;
    let waiting = client.get("/approvals?only_pending=true").ok().await;
    let waiting = &waiting["items"];
    (
        id_of(&waiting[1], "approval_id"),
        id_of(&waiting[0], "approval_id"),
    )
}

pub fn valid(client: &Client, samples: &Samples, operation: &str) -> Option<Call> {
    let approved = format!("/approvals/{}", samples.approval);
    let denied = format!("/approvals/{}", samples.doomed_approval);
    Some(match operation {
        "approval_policy_get" => client.get("/approvals/policy"),
        "approval_policy_set" => client
            .put("/approvals/policy")
            .json(json!({"purchases": false, "posts_elsewhere": false, "uploads": false})),
        "list_approvals" => client.get("/approvals?only_pending=false"),
        "list_approvals_slash" => client.get("/approvals/?page=1&page_size=100"),
        "approval_get" => client.get(&approved),
        "approval_approve" => client.post(&format!("{approved}/approve")),
        "approval_deny" => client.post(&format!("{denied}/deny")),
        _ => return None,
    })
}

pub fn wrong(client: &Client, operation: &str) -> Option<(Call, u16)> {
    let unknown = |rest: &str| format!("/approvals/{NOBODY}{rest}");
    Some(match operation {
        "approval_policy_set" => {
            let call = client.put("/approvals/policy");
            (call.json(json!({"uploads": "perhaps"})), 422)
        }
        "list_approvals" => (client.get("/approvals?only_pending=perhaps"), 422),
        "list_approvals_slash" => (client.get("/approvals/?page_size=0"), 422),
        "approval_get" => (client.get(&unknown("")), 404),
        "approval_approve" => (client.post(&unknown("/approve")), 404),
        "approval_deny" => (client.post(&unknown("/deny")), 404),
        _ => return None,
    })
}
