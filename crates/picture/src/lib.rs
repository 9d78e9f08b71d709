//! JPEG pictures: even sizes, and boxes drawn on them (Notte API: `Screenshot`).

use std::ops::Range;

use guise_core::BoundingBox;
use jpeg_encoder::{ColorType, Encoder, EncodingError};
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

/// The quality of all pictures, 0 to 100.
pub const QUALITY: u8 = 80;
/// How thick the lines of boxes are.
const LINE: usize = 2;
/// A pixel: red, green, blue.
type Colour = [u8; 3];
/// The colour of boxes.
const LINES: Colour = [226, 35, 26];
/// The colour of what is painted over.
const PAINT: Colour = [0; 3];
const WHITE: Colour = [255; 3];
/// The side of the squares that JPEGs with halved colours are coded in (ITU-T T.81, A.2.3).
const SQUARE: usize = 16;
/// The size of a picture of nothing.
const BLANK: (u16, u16) = (1280, 1080);

/// A picture that cannot be worked on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is no JPEG.
    #[error("the screenshot cannot be read: {0}")]
    Read(#[from] DecodeErrors),
    /// It cannot be a JPEG again.
    #[error("the screenshot cannot be written: {0}")]
    Write(#[from] EncodingError),
}

type Result<T, E = Error> = std::result::Result<T, E>;

/// A JPEG whose width and height are even; one that is so already is left as it is.
///
/// # Errors
/// When it is no JPEG.
pub fn even(jpeg: Vec<u8>) -> Result<Vec<u8>> {
    let mut decoder = decoder(&jpeg);
    decoder.decode_headers()?;
    if decoder
        .dimensions()
        .is_some_and(|(width, height)| width % 2 == 0 && height % 2 == 0)
    {
        return Ok(jpeg);
    }
    Picture::read(&jpeg)?.trimmed().encode()
}

/// The same picture with boxes drawn on it, where a CSS pixel is a pixel of the picture.
///
/// # Errors
/// When it is no JPEG.
pub fn with_boxes(jpeg: &[u8], boxes: &[BoundingBox]) -> Result<Vec<u8>> {
    let mut picture = Picture::read(jpeg)?.trimmed();
    for found in boxes {
        picture.draw(found);
    }
    picture.encode()
}

/// The same picture with boxes painted over, where a CSS pixel is a pixel of the picture.
///
/// So is all that tells of what was in them: JPEGs are coded in squares, and colours are smoothed into the next pixel.
///
/// # Errors
/// When it is no JPEG.
pub fn painted_over(jpeg: &[u8], boxes: &[BoundingBox]) -> Result<Vec<u8>> {
    let mut picture = Picture::read(jpeg)?.trimmed();
    let whole = |range: Range<usize>, most: u16| {
        let from = (range.start / SQUARE * SQUARE).saturating_sub(1);
        from..(range.end.next_multiple_of(SQUARE) + 1).min(most.into())
    };
    for found in boxes {
        let (columns, rows) = picture.inside(found);
        if columns.is_empty() || rows.is_empty() {
            continue;
        }
        let columns = whole(columns, picture.width);
        for y in whole(rows, picture.height) {
            picture.row(y, columns.clone()).fill(PAINT);
        }
    }
    picture.encode()
}

/// A white picture, for a page that shows nothing yet.
///
/// # Errors
/// When it cannot be encoded.
pub fn blank() -> Result<Vec<u8>> {
    Picture::of(BLANK.0, BLANK.1, WHITE).encode()
}

fn decoder(jpeg: &[u8]) -> JpegDecoder<ZCursor<&[u8]>> {
    let options = DecoderOptions::default()
        .jpeg_set_out_colorspace(ColorSpace::RGB)
        .set_max_width(u16::MAX.into())
        .set_max_height(u16::MAX.into());
    JpegDecoder::new_with_options(ZCursor::new(jpeg), options)
}

/// What a JPEG shows.
struct Picture {
    width: u16,
    height: u16,
    /// Row by row.
    pixels: Vec<Colour>,
}

impl Picture {
    fn of(width: u16, height: u16, colour: Colour) -> Self {
        let pixels = vec![colour; usize::from(width) * usize::from(height)];
        Self {
            width,
            height,
            pixels,
        }
    }

    fn read(jpeg: &[u8]) -> Result<Self> {
        let mut decoder = decoder(jpeg);
        let bytes = decoder.decode()?;
        let size = decoder
            .info()
            .map_or((0, 0), |info| (info.width, info.height));
        Ok(Self {
            width: size.0,
            height: size.1,
            pixels: bytes.as_chunks().0.to_vec(),
        })
    }

    fn encode(&self) -> Result<Vec<u8>> {
        let mut jpeg = Vec::new();
        Encoder::new(&mut jpeg, QUALITY).encode(
            self.pixels.as_flattened(),
            self.width,
            self.height,
            ColorType::Rgb,
        )?;
        Ok(jpeg)
    }

    /// Without an odd last column and row; where there is only one it is doubled.
    fn trimmed(self) -> Self {
        let even = |side: u16| (side & !1).max(2);
        let (width, height) = (even(self.width), even(self.height));
        if (width, height) == (self.width, self.height) {
            return self;
        }
        let pixels = (0..height)
            .flat_map(|y| (0..width).map(move |x| (x, y)))
            .map(|(x, y)| self.pixel(x.min(self.width - 1), y.min(self.height - 1)))
            .collect();
        Self {
            width,
            height,
            pixels,
        }
    }

    fn pixel(&self, x: u16, y: u16) -> Colour {
        self.pixels[usize::from(y) * usize::from(self.width) + usize::from(x)]
    }

    /// The pixels of some columns of a row.
    fn row(&mut self, y: usize, columns: Range<usize>) -> &mut [Colour] {
        let begin = y * usize::from(self.width);
        &mut self.pixels[begin + columns.start..begin + columns.end]
    }

    fn draw(&mut self, found: &BoundingBox) {
        let (columns, rows) = self.inside(found);
        for y in rows.clone() {
            let row = self.row(y, columns.clone());
            if y < rows.start + LINE || y + LINE >= rows.end || row.len() <= 2 * LINE {
                row.fill(LINES);
            } else {
                let end = row.len() - LINE;
                row[..LINE].fill(LINES);
                row[end..].fill(LINES);
            }
        }
    }

    /// The columns and rows that a box takes.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to the picture first"
    )]
    fn inside(&self, found: &BoundingBox) -> (Range<usize>, Range<usize>) {
        let clamp = |value: f64, most: u16| value.round().clamp(0.0, f64::from(most)) as usize;
        let columns = clamp(found.x, self.width)..clamp(found.x + found.width, self.width);
        let rows = clamp(found.y, self.height)..clamp(found.y + found.height, self.height);
        (columns, rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jpeg(width: u16, height: u16) -> Vec<u8> {
        Picture::of(width, height, WHITE).encode().unwrap()
    }

    #[test]
    fn sizes_become_even() {
        for ((width, height), even_size) in [
            ((3, 5), (2, 4)),
            ((4, 5), (4, 4)),
            ((4, 4), (4, 4)),
            ((1, 1), (2, 2)),
            ((1, 7), (2, 6)),
        ] {
            let picture = Picture::read(&even(jpeg(width, height)).unwrap()).unwrap();
            assert_eq!((picture.width, picture.height), even_size);
            assert!(picture.pixels.iter().all(|pixel| pixel[0] > 250));
        }
        let untouched = jpeg(8, 6);
        assert_eq!(even(untouched.clone()).unwrap(), untouched);
        assert!(even(b"no picture".to_vec()).is_err());
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
        let drawn = with_boxes(&jpeg(64, 64), std::slice::from_ref(&found)).unwrap();
        let drawn = Picture::read(&drawn).unwrap();
        let red = drawn.pixel(30, 10);
        assert!(red[0] > 180 && red[1] < 120, "{red:?}");
        assert!(drawn.pixel(30, 20)[1] > 220);
        assert!(drawn.pixel(30, 50)[1] > 220);
        assert!(with_boxes(b"no picture", &[]).is_err());

        let painted = Picture::read(&painted_over(&jpeg(64, 64), &[found]).unwrap()).unwrap();
        assert!(painted.pixel(30, 20)[0] < 40);
        assert!(painted.pixel(30, 50)[1] > 220);
    }
}
