//! A gallery of widgets as the web has them, each with a score of its own: all are driven by what an observation says, through
//! actions, as a model would. docs/WIDGETS.md lists them.

mod choices;
mod data;
mod dates;
mod dragging;
mod embedded;
mod fields;
mod menus;
mod navigation;
mod overlays;
mod player;
mod sliders;

use std::collections::BTreeSet;

/// A test that plays widgets one after the other, each by its script.
macro_rules! widgets {
    ($test:ident: $($name:literal => async |$player:ident| $script:block)*) => {
        /// The widgets that are played here.
        pub(super) const NAMES: &[&str] = &[$($name),*];

        #[tokio::test(flavor = "multi_thread")]
        async fn $test() {
            let mut round = $crate::gallery::player::Round::begin().await;
            $(
                let $player = round.open($name).await;
                let played: $crate::gallery::player::Step = async {
                    $player.sees_its_goal().await?;
                    $script
                    $player.reaches_its_goal().await
                }
                .await;
                round.note($name, played);
            )*
            round.end().await;
        }
    };
}
pub(crate) use widgets;

#[test]
fn every_widget_is_played() {
    let groups = [
        choices::NAMES,
        data::NAMES,
        dates::NAMES,
        dragging::NAMES,
        embedded::NAMES,
        fields::NAMES,
        menus::NAMES,
        navigation::NAMES,
        overlays::NAMES,
        sliders::NAMES,
    ];
    let played: BTreeSet<&str> = groups
        .iter()
        .flat_map(|names| names.iter().copied())
        .collect();
    let all: BTreeSet<&str> = guise_testsite::GALLERY.iter().copied().collect();
    assert!(all.len() >= 50);
    assert_eq!(played, all);
}
