//! What was done, in order.

use guise_core::{ObserveRequest, Step};

use crate::support::House;

#[tokio::test(start_paused = true)]
async fn steps_are_listed_in_order_and_from_an_offset() {
    let house = House::new();
    let (id, _) = house.start().await;
    house.goto(&id, "a").await.unwrap();
    let request = ObserveRequest::default();
    let seen = house.sessions.observe(&house.caller, &id, &request, true);
    let seen = seen.await.unwrap();
    house.goto(&id, "b").await.unwrap();
    house.stop(&id).await;

    assert_eq!(house.told(&id).await, ["a", "A page", "b"]);
    assert_eq!(house.sessions.offset(&house.caller, &id).await.unwrap(), 3);
    let session = house.get(&id).await;
    let rest = house.sessions.steps(&session, 1).await.unwrap();
    assert_eq!(
        rest.iter().map(|step| step.sequence).collect::<Vec<_>>(),
        [1, 2]
    );
    // The picture comes back with its step.
    assert_eq!(rest[0].step, Some(Step::Observation(Box::new(seen))));
    assert_eq!(house.sessions.steps(&session, 3).await.unwrap(), []);
}
