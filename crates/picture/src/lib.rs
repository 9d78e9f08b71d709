//! JPEG pictures: even sizes, and boxes drawn on them (Notte API: `Screenshot`).

use std::io::Cursor;
use std::ops::Range;

use guise_core::BoundingBox;
use image::codecs::jpeg::JpegEncoder;
use image::{ImageFormat, ImageReader, Rgb, RgbImage};

/// The quality of all pictures, 0 to 100.
pub const QUALITY: u8 = 80;
/// How thick the lines of boxes are.
const LINE: u32 = 2;
/// The colour of boxes.
const COLOUR: Rgb<u8> = Rgb([226, 35, 26]);
/// The colour of what is painted over.
const PAINT: Rgb<u8> = Rgb([0; 3]);
/// The side of the squares that JPEGs with halved colours are coded in (ITU-T T.81, A.2.3).
const SQUARE: u32 = 16;
/// The size of a picture of nothing.
const BLANK: (u32, u32) = (1280, 1080);

/// A picture that is no JPEG.
#[derive(Debug, thiserror::Error)]
#[error("the screenshot cannot be read: {0}")]
pub struct Error(#[from] image::ImageError);

type Result<T, E = Error> = std::result::Result<T, E>;

/// A JPEG whose width and height are even; one that is so already is left as it is.
///
/// # Errors
/// When it is no JPEG.
pub fn even(jpeg: Vec<u8>) -> Result<Vec<u8>> {
    let (width, height) =
        ImageReader::with_format(Cursor::new(&jpeg), ImageFormat::Jpeg).into_dimensions()?;
    if width % 2 == 0 && height % 2 == 0 {
        return Ok(jpeg);
    }
    let picture = decode(&jpeg)?;
    encode(&trim(&picture))
}

/// The same picture with boxes drawn on it, where a CSS pixel is a pixel of the picture.
///
/// # Errors
/// When it is no JPEG.
pub fn with_boxes(jpeg: &[u8], boxes: &[BoundingBox]) -> Result<Vec<u8>> {
    let mut picture = trim(&decode(jpeg)?);
    for found in boxes {
        draw(&mut picture, found);
    }
    encode(&picture)
}

/// The same picture with boxes painted over, where a CSS pixel is a pixel of the picture.
///
/// So is all that tells of what was in them: JPEGs are coded in squares, and colours are smoothed into the next pixel.
///
/// # Errors
/// When it is no JPEG.
pub fn painted_over(jpeg: &[u8], boxes: &[BoundingBox]) -> Result<Vec<u8>> {
    let mut picture = trim(&decode(jpeg)?);
    let (width, height) = picture.dimensions();
    let whole = |range: Range<u32>, most: u32| {
        let from = (range.start / SQUARE * SQUARE).saturating_sub(1);
        from..(range.end.next_multiple_of(SQUARE) + 1).min(most)
    };
    for found in boxes {
        let (columns, rows) = inside(&picture, found);
        if columns.is_empty() || rows.is_empty() {
            continue;
        }
        let (columns, rows) = (whole(columns, width), whole(rows, height));
        for (x, y) in rows.flat_map(|y| columns.clone().map(move |x| (x, y))) {
            picture.put_pixel(x, y, PAINT);
        }
    }
    encode(&picture)
}

/// A white picture, for a page that shows nothing yet.
///
/// # Errors
/// When it cannot be encoded.
pub fn blank() -> Result<Vec<u8>> {
    encode(&RgbImage::from_pixel(BLANK.0, BLANK.1, Rgb([255; 3])))
}

fn decode(jpeg: &[u8]) -> Result<RgbImage> {
    Ok(image::load_from_memory_with_format(jpeg, ImageFormat::Jpeg)?.into_rgb8())
}

fn encode(picture: &RgbImage) -> Result<Vec<u8>> {
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY).encode_image(picture)?;
    Ok(jpeg)
}

/// Cuts an odd last column and row off; a picture one pixel wide or high is doubled instead.
fn trim(picture: &RgbImage) -> RgbImage {
    let (width, height) = picture.dimensions();
    let (even_width, even_height) = (width & !1, height & !1);
    if even_width == 0 || even_height == 0 {
        let size = |side: u32| (side + 1) & !1;
        return image::imageops::resize(
            picture,
            size(width.max(1)),
            size(height.max(1)),
            image::imageops::FilterType::Nearest,
        );
    }
    image::imageops::crop_imm(picture, 0, 0, even_width, even_height).to_image()
}

fn draw(picture: &mut RgbImage, found: &BoundingBox) {
    let (columns, rows) = inside(picture, found);
    for y in rows.clone() {
        for x in columns.clone() {
            let on_line = x < columns.start + LINE
                || x + LINE >= columns.end
                || y < rows.start + LINE
                || y + LINE >= rows.end;
            if on_line {
                picture.put_pixel(x, y, COLOUR);
            }
        }
    }
}

/// The columns and rows of a picture that a box takes.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to the picture first"
)]
fn inside(picture: &RgbImage, found: &BoundingBox) -> (Range<u32>, Range<u32>) {
    let (width, height) = picture.dimensions();
    let clamp = |value: f64, most: u32| value.round().clamp(0.0, f64::from(most)) as u32;
    let columns = clamp(found.x, width)..clamp(found.x + found.width, width);
    let rows = clamp(found.y, height)..clamp(found.y + found.height, height);
    (columns, rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jpeg(width: u32, height: u32) -> Vec<u8> {
        encode(&RgbImage::from_pixel(width, height, Rgb([255; 3]))).unwrap()
    }

    #[test]
    fn sizes_become_even() {
        for (width, height) in [(3, 5), (4, 5), (4, 4), (1, 1)] {
            let picture = decode(&even(jpeg(width, height)).unwrap()).unwrap();
            assert_eq!((picture.width() % 2, picture.height() % 2), (0, 0));
            assert!(picture.width() > 0 && picture.height() > 0);
        }
        let untouched = jpeg(8, 6);
        assert_eq!(even(untouched.clone()).unwrap(), untouched);
    }

    #[test]
    fn boxes_are_drawn_inside_the_picture() {
        let found = BoundingBox {
            x: 10.0,
            y: 10.0,
            width: 500.0,
            height: 20.0,
            ..Default::default()
        };
        let drawn = decode(&with_boxes(&jpeg(64, 64), &[found]).unwrap()).unwrap();
        let red = drawn.get_pixel(30, 10).0;
        assert!(red[0] > 180 && red[1] < 120, "{red:?}");
        assert!(drawn.get_pixel(30, 50).0[1] > 220);
        assert!(with_boxes(b"no picture", &[]).is_err());

        let painted = decode(&painted_over(&jpeg(64, 64), &[found]).unwrap()).unwrap();
        assert!(painted.get_pixel(30, 20).0[0] < 40);
        assert!(painted.get_pixel(30, 50).0[1] > 220);
    }
}
