//! Every operation of the document is asked for once with success and once without.

use crate::support::Stage;
use crate::support::samples::{self, Samples};

#[tokio::test]
async fn every_operation_succeeds_and_fails_as_it_is_documented() {
    let stage = Stage::with_page().await;
    let samples = Samples::prepare(&stage).await;
    let mut operations = stage.client.document.operations().to_vec();
    assert!(
        operations.len() > 75,
        "the document lists only {}",
        operations.len()
    );
    // Nothing can be done in the session once it is stopped, nor with a vault's card once that is deleted.
    let last = ["session_stop", "vault_delete"];
    operations.sort_by_key(|operation| last.contains(&operation.id.as_str()));
    for operation in operations {
        let client = &stage.client;
        if let Some((call, status)) = samples.wrong(client, &operation.id) {
            call.refused(status).await;
        } else if operation.protected() {
            client
                .with_key(None)
                .call(operation.method.clone(), &operation.path)
                .refused(401)
                .await;
        }
        let answer = samples.valid(client, &operation.id).send().await;
        let expected = samples::success(&operation);
        assert_eq!(answer.status, expected, "{}: {answer}", operation.id);
    }
}
