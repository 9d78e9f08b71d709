//! A name server on the loopback that knows what it was told.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use mail_auth::hickory_resolver::proto::op::{Message, MessageType, ResponseCode};
use mail_auth::hickory_resolver::proto::rr::rdata::{A, TXT};
use mail_auth::hickory_resolver::proto::rr::{RData, Record, RecordType};
use tokio::net::UdpSocket;
use tokio_util::task::AbortOnDropHandle;

/// What is known about a name.
#[derive(Clone)]
pub enum Known {
    Text(String),
    Address([u8; 4]),
    /// The server fails.
    Failure,
    /// The server says nothing.
    Silence,
}

pub struct NameServer {
    pub address: SocketAddr,
    /// How often it was asked.
    pub asked: Arc<AtomicUsize>,
    _task: AbortOnDropHandle<()>,
}

impl NameServer {
    pub async fn start(records: &[(&str, Known)]) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let asked = Arc::new(AtomicUsize::new(0));
        let records: HashMap<String, Known> = records
            .iter()
            .map(|(name, known)| (format!("{name}."), known.clone()))
            .collect();
        let task = tokio::spawn(serve(socket, records, Arc::clone(&asked)));
        Self {
            address,
            asked,
            _task: AbortOnDropHandle::new(task),
        }
    }
}

async fn serve(socket: UdpSocket, records: HashMap<String, Known>, asked: Arc<AtomicUsize>) {
    let mut buffer = [0; 4096];
    while let Ok((length, peer)) = socket.recv_from(&mut buffer).await {
        asked.fetch_add(1, Ordering::Relaxed);
        let query = Message::from_vec(&buffer[..length]).unwrap();
        if let Some(answer) = answer(query, &records) {
            socket
                .send_to(&answer.to_vec().unwrap(), peer)
                .await
                .unwrap();
        }
    }
}

fn answer(query: Message, records: &HashMap<String, Known>) -> Option<Message> {
    let question = query.queries[0].clone();
    let mut answer = query;
    answer.metadata.message_type = MessageType::Response;
    let name = question.name().to_lowercase().to_ascii();
    match (records.get(&name), question.query_type()) {
        (Some(Known::Silence), _) => return None,
        (Some(Known::Failure), _) => answer.metadata.response_code = ResponseCode::ServFail,
        (Some(Known::Text(text)), RecordType::TXT) => {
            let parts = text
                .as_bytes()
                .chunks(250)
                .map(|part| String::from_utf8_lossy(part).into_owned());
            let text = RData::TXT(TXT::new(parts.collect()));
            answer.add_answer(Record::from_rdata(question.name().clone(), 60, text));
        }
        (Some(Known::Address([a, b, c, d])), RecordType::A) => {
            let address = RData::A(A::new(*a, *b, *c, *d));
            answer.add_answer(Record::from_rdata(question.name().clone(), 60, address));
        }
        (Some(_), _) => {}
        (None, _) => answer.metadata.response_code = ResponseCode::NXDomain,
    }
    Some(answer)
}
