//! Every operation of the document is asked for once with success and once without.

use http::StatusCode;

use crate::support::{Stage, samples};

#[tokio::test]
async fn every_operation_succeeds_and_fails_as_it_is_documented() {
    let stage = Stage::with_page().await;
    samples::prepare(&stage).await;
    let mut operations = stage.client.document.operations();
    assert!(
        operations.len() > 20,
        "the document lists only {}",
        operations.len()
    );
    // Nothing can be done in the session once it is stopped.
    operations.sort_by_key(|operation| operation.id == "session_stop");
    for operation in operations {
        let client = &stage.client;
        if let Some((call, status)) = samples::wrong(client, &stage, &operation.id) {
            call.refused(status).await;
        } else if operation.protected() {
            client
                .with_key(None)
                .call(operation.method.clone(), &operation.path)
                .refused(401)
                .await;
        }
        let answer = samples::valid(client, &stage, &operation.id).send().await;
        assert_eq!(answer.status, StatusCode::OK, "{}: {answer}", operation.id);
    }
}
