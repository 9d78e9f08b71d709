//! How pages draw a secret: what is looked for in the pictures of a recording.
//!
//! These come at moments of their own. One shows a page half painted, one a button half pressed; when the browser is busy it
//! leaves some out, also the last before a page stands still. So no two runs have the same, and what one shows need not be in the
//! other: they are not compared. Each is looked through instead. Somebody who has no vault types the secret into the same page,
//! and no picture may have at any place what that page has there. What stands still is compared to the pixel, in the first
//! pictures of recordings that begin then.

use std::collections::BTreeSet;
use std::sync::Arc;

use guise_testsite::Site;
use image::RgbImage;
use serde_json::{Value, json};

use super::compare::read;
use super::record::{Part, Record};
use super::run::{SHOWN, part};
use super::script::{Plan, TWO};
use super::support::server::Server;

/// So far a colour may be off, and in so many pixels: more than what coding changes, less than another letter.
const OFF: u8 = 64;
const ODD: u32 = 12;

/// The frame around a text, and the outline of what has the focus.
const EDGE: u32 = 4;

/// A secret as a page draws it.
#[derive(Clone, Debug)]
pub struct Drawn {
    pub secret: String,
    pub jpeg: Vec<u8>,
    picture: RgbImage,
    /// Where it can be read.
    places: Vec<Part>,
}

/// All secrets that were valid in one of two runs, but for seeds, which are filled in nowhere.
pub async fn of(plan: Plan, one: &Record, other: &Record) -> Arc<[Drawn]> {
    let seeds = TWO.map(|it| it.seed);
    let secrets = one.secrets.iter().chain(&other.secrets);
    let secrets: BTreeSet<_> = secrets.filter(|it| !seeds.contains(&it.as_str())).collect();
    let site = Site::start().await.unwrap();
    // A server of its own: in the others the secrets must be nowhere.
    let server = Server::start().await;
    let client = server.client().await;
    let session = client.start(json!({})).await;
    let does = async |action: Value| {
        let path = format!("/sessions/{session}/page/execute");
        let done = client.post(&path).json(action).ok().await;
        assert_eq!(done["success"], true, "{done}");
        done["data"]["markdown"].as_str().map(str::to_owned)
    };
    let mut drawn = Vec::new();
    for secret in secrets {
        does(json!({"type": "goto", "url": plan.url(&site)})).await;
        for selector in ["#field", "#remark"] {
            does(json!({"type": "fill", "selector": selector, "value": secret})).await;
        }
        let code = format!("document.activeElement.blur(), {SHOWN}");
        let shown = does(json!({"type": "evaluate_js", "code": code})).await;
        let shown: Value = serde_json::from_str(&shown.unwrap()).unwrap();
        let places = shown.as_array().unwrap().iter().map(|it| text(part(it)));
        let path = format!("/sessions/{session}/page/screenshot");
        let jpeg = client.post(&path).send().await.body.to_vec();
        let picture = read(&jpeg);
        let (width, height) = picture.dimensions();
        drawn.push(Drawn {
            secret: secret.clone(),
            jpeg,
            picture,
            places: places
                .filter(|it| it.right <= width && it.bottom <= height)
                .collect(),
        });
    }
    legible(&mut drawn);
    drawn.into()
}

/// Leaves only the places where one secret looks unlike another: dots tell nothing.
fn legible(drawn: &mut [Drawn]) {
    let differs = |it: &Drawn, place: Part| {
        let mut others = drawn.iter();
        others.any(|other| !alike(&it.picture, &other.picture, place))
    };
    let places = |it: &Drawn| -> Vec<Part> {
        let places = it.places.iter().copied();
        places.filter(|place| differs(it, *place)).collect()
    };
    let found: Vec<_> = drawn.iter().map(places).collect();
    for (it, places) in drawn.iter_mut().zip(found) {
        assert!(!places.is_empty(), "the page shows {} nowhere", it.secret);
        it.places = places;
    }
}

/// A place without its edge.
fn text(place: Part) -> Part {
    Part {
        left: place.left + EDGE,
        top: place.top + EDGE,
        right: place.right.saturating_sub(EDGE),
        bottom: place.bottom.saturating_sub(EDGE),
    }
}

/// Whether two pictures of one size look the same there.
fn alike(one: &RgbImage, other: &RgbImage, place: Part) -> bool {
    // Texts stand in the middle: there it shows first.
    let middle = u32::midpoint(place.top, place.bottom);
    let mut odd = 0;
    for y in (middle..place.bottom).chain(place.top..middle) {
        for x in place.left..place.right {
            let (these, those) = (one.get_pixel(x, y).0, other.get_pixel(x, y).0);
            let mut colours = these.iter().zip(those);
            if colours.any(|(this, that)| this.abs_diff(that) > OFF) {
                odd += 1;
            }
        }
        if odd > ODD {
            return false;
        }
    }
    true
}

/// What pictures of a recording show of secrets, or why they show nothing at all.
pub fn seen(pictures: &[Vec<u8>], drawn: &[Drawn]) -> Vec<String> {
    let mut seen = Vec::new();
    let mut pages = 0;
    for (number, jpeg) in pictures.iter().enumerate() {
        let picture = read(jpeg);
        for drawn in drawn {
            // Before there is a page, pictures may have another size.
            if picture.dimensions() != drawn.picture.dimensions() {
                continue;
            }
            pages += 1;
            let mut places = drawn.places.iter();
            if let Some(place) = places.find(|it| alike(&picture, &drawn.picture, **it)) {
                let secret = &drawn.secret;
                seen.push(format!("picture {number} shows {secret} at {place:?}"));
            }
        }
    }
    if pages == 0 {
        seen.push("no picture is as large as the page".to_owned());
    }
    seen
}
