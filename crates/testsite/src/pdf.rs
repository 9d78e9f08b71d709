//! PDF documents: one to be read, and those that cannot be.

use std::io::Write as _;
use std::sync::Arc;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use flate2::Compression;
use flate2::write::ZlibEncoder;

use crate::html::page;
use crate::shared::Shared;

const PDF: &str = "application/pdf";

pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/pdf", get(index))
        .route("/pdf/report", get(|| sent(PDF, report())))
        .route(
            "/pdf/unnamed",
            get(|| sent("application/octet-stream", report())),
        )
        .route("/pdf/blank", get(|| sent(PDF, blank())))
        .route("/pdf/scan", get(|| sent(PDF, scan())))
        .route("/pdf/locked", get(|| sent(PDF, locked())))
        .route("/pdf/broken", get(|| sent(PDF, broken())))
        .route("/pdf/bomb", get(|| sent(PDF, bomb())))
}

async fn sent(content_type: &'static str, bytes: Vec<u8>) -> Response {
    ([(CONTENT_TYPE, content_type)], bytes).into_response()
}

async fn index() -> Html<String> {
    let links = ["report", "unnamed", "scan", "locked"].map(|name| {
        let text = format!("The document called {name}, which this page has nothing but a link to");
        format!("<li><a href=\"/pdf/{name}\">{text}</a></li>")
    });
    page(
        "Documents",
        &format!("<main><h1>Documents</h1><ul>{}</ul></main>", links.concat()),
    )
}

/// A file that is put together object by object (ISO 32000-1, 7.5).
struct File {
    bytes: Vec<u8>,
    offsets: Vec<usize>,
}

impl File {
    fn new() -> Self {
        Self {
            // Four bytes beyond ASCII say that it is no text.
            bytes: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec(),
            offsets: Vec::new(),
        }
    }

    /// Adds the next object; the first is number 1.
    fn object(&mut self, content: impl AsRef<[u8]>) {
        self.offsets.push(self.bytes.len());
        let head = format!("{} 0 obj\n", self.offsets.len());
        self.bytes.extend(head.as_bytes());
        self.bytes.extend(content.as_ref());
        self.bytes.extend(b"\nendobj\n");
    }

    /// Adds a stream with these entries in its dictionary.
    fn stream(&mut self, entries: &str, content: &[u8]) {
        let head = format!("<< {entries} /Length {} >>\nstream\n", content.len());
        self.object([head.as_bytes(), content, b"\nendstream"].concat());
    }

    /// Adds the table of objects, and the trailer with these entries beside its size and its root, which is object 1.
    fn end(mut self, entries: &str) -> Vec<u8> {
        let start = self.bytes.len();
        let size = self.offsets.len() + 1;
        let rows = self.offsets.iter().map(|at| format!("{at:010} 00000 n \n"));
        let table = format!(
            "xref\n0 {size}\n0000000000 65535 f \n{}trailer\n<< /Size {size} /Root 1 0 R {entries} >>\n\
             startxref\n{start}\n%%EOF\n",
            rows.collect::<String>()
        );
        self.bytes.extend(table.as_bytes());
        self.bytes
    }
}

/// A page whose content is object `content`, with two fonts.
fn page_object(content: usize) -> String {
    format!(
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {content} 0 R /Resources << /Font << \
         /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >> \
         /F2 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >> >> >> >>"
    )
}

/// One line of text at a place of the page.
fn line(font: &str, size: u32, x: u32, y: u32, text: &str) -> String {
    format!("BT /{font} {size} Tf {x} {y} Td ({text}) Tj ET\n")
}

fn deflated(content: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    // Writing to memory does not fail; a stream that were cut would show in the tests.
    drop(encoder.write_all(content));
    encoder.finish().unwrap_or_default()
}

/// Two pages with headings, paragraphs, a list and a table, about which the document says something itself.
fn report() -> Vec<u8> {
    let mut first = line("F2", 24, 60, 770, "Report of the harbour office");
    let paragraph = [
        "In March the harbour took in four hundred and twelve ships, more than in any March before.",
        "Most of them brought coffee and left with paper. The crane at the northern quay stood still",
        "for nine days, since nobody could find the key to its cabin. It was in the pilot's coat.",
    ];
    for (text, y) in paragraph.into_iter().zip([730, 714, 698]) {
        first.push_str(&line("F1", 11, 60, y, text));
    }
    first.push_str(&line("F2", 16, 60, 650, "What has to be done"));
    let list = [
        "Paint the lighthouse",
        "Count the buoys",
        "Thank the night watch",
    ];
    for (text, y) in list.into_iter().zip([620, 604, 588]) {
        first.push_str(&line("F1", 11, 60, y, &format!("\\225 {text}")));
    }

    let mut second = line("F2", 16, 60, 770, "Ships by quay");
    let table = [
        ["Quay", "Ships", "Days"],
        ["North", "118", "22"],
        ["South", "203", "31"],
        ["West", "91", "30"],
    ];
    for (row, y) in table.into_iter().zip([730, 712, 694, 676]) {
        for (cell, x) in row.into_iter().zip([60, 200, 320]) {
            second.push_str(&line("F1", 11, x, y, cell));
        }
    }

    let mut file = File::new();
    file.object("<< /Type /Catalog /Pages 2 0 R /Lang (en-GB) >>");
    file.object("<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 >>");
    file.object(page_object(5));
    file.object(page_object(6));
    file.stream("", first.as_bytes());
    file.stream("/Filter /FlateDecode", &deflated(second.as_bytes()));
    // In UTF-16, as what is not Latin is written.
    let title: String = "Häfen im März"
        .encode_utf16()
        .map(|unit| format!("{unit:04X}"))
        .collect();
    file.object(format!(
        "<< /Title <FEFF{title}> /Author (Ada Brook) /Subject (Ships, quays and a key) \
         /CreationDate (D:20260402083000+02'00') /ModDate (D:20260403) >>"
    ));
    file.end("/Info 7 0 R")
}

/// A page with nothing on it.
fn blank() -> Vec<u8> {
    one_page("", "null", "")
}

/// A page with that content, another object, which is number 5, and entries of the trailer.
fn one_page(content: &str, other: &str, trailer: &str) -> Vec<u8> {
    let mut file = File::new();
    file.object("<< /Type /Catalog /Pages 2 0 R >>");
    file.object("<< /Type /Pages /Kids [3 0 R] /Count 1 >>");
    file.object(page_object(4));
    file.stream("", content.as_bytes());
    file.object(other);
    file.end(trailer)
}

/// A picture that fills its page.
fn scan() -> Vec<u8> {
    let mut file = File::new();
    file.object("<< /Type /Catalog /Pages 2 0 R >>");
    file.object("<< /Type /Pages /Kids [3 0 R] /Count 1 >>");
    file.object(
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
         /Resources << /XObject << /Im0 5 0 R >> >> >>",
    );
    file.stream("", b"q 595 0 0 842 0 0 cm /Im0 Do Q");
    let pixels: Vec<u8> = (0..=255_u8).cycle().take(600 * 850).collect();
    file.stream(
        "/Type /XObject /Subtype /Image /Width 600 /Height 850 /ColorSpace /DeviceGray /BitsPerComponent 8 \
         /Filter /FlateDecode",
        &deflated(&pixels),
    );
    file.end("")
}

/// A document that no known password opens (ISO 32000-1, 7.6): what would check one is made up.
fn locked() -> Vec<u8> {
    let check = "4B".repeat(32);
    let id = "00112233445566778899AABBCCDDEEFF";
    one_page(
        &line("F1", 12, 60, 770, "Nobody reads this"),
        &format!(
            "<< /Filter /Standard /V 2 /R 3 /Length 128 /P -3904 /O <{check}> /U <{check}> >>"
        ),
        &format!("/ID [<{id}> <{id}>] /Encrypt 5 0 R"),
    )
}

/// The beginning of a document, and noise.
fn broken() -> Vec<u8> {
    let noise = (0..20_000_u32).map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()[3]);
    b"%PDF-1.7\n".iter().copied().chain(noise).collect()
}

/// Some kilobytes that become hundreds of megabytes: streams of objects, each of which is one long text, and which a reader opens
/// before it knows what they are for.
fn bomb() -> Vec<u8> {
    const STREAMS: usize = 64;
    let mut file = File::new();
    file.object("<< /Type /Catalog /Pages 2 0 R >>");
    file.object("<< /Type /Pages /Kids [3 0 R] /Count 1 >>");
    file.object(page_object(4));
    let content = line("F1", 12, 60, 770, "Small on the outside");
    file.stream("", content.as_bytes());
    // Lengths of runs (ISO 32000-1, 7.4.5): 129 says 128 times the next letter, which makes 7 MiB.
    let text = [129, b'a'].repeat(57_344);
    for number in 100..100 + STREAMS {
        // What number the one object in it has, and where it begins.
        let head = format!("{number} 0 (");
        let runs = [b"\x06", head.as_bytes(), &text, b"\x00)\x80"].concat();
        let entries = "/Type /ObjStm /N 1 /First 6 /Filter [/FlateDecode /RunLengthDecode]";
        file.stream(entries, &deflated(&runs));
    }
    file.end("")
}
