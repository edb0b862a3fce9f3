//! The observers' pages as they are served, and the calls as a page makes them.

use tallylog_wire::v1;

use crate::public::{Answer, ask_with};
use crate::support::Served;

async fn get(served: &Served, path: &str, lines: &str) -> Answer {
    asked(served, "GET", path, lines, &[]).await
}

async fn asked(served: &Served, method: &'static str, path: &str, lines: &str, body: &[u8]) -> Answer {
    let (address, path, lines, body) = (served.address, path.to_owned(), lines.to_owned(), body.to_owned());
    let asking = tokio::task::spawn_blocking(move || ask_with(address, method, &path, &lines, &body));
    asking.await.unwrap()
}

/// The value of a line of the head.
fn line<'a>(answer: &'a Answer, name: &str) -> &'a str {
    let named = answer.head.lines().find_map(|line| line.strip_prefix(name));
    named.and_then(|rest| rest.strip_prefix(": ")).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_the_start_page_under_a_policy_that_lets_in_nothing_from_elsewhere() {
    let served = Served::small().await;
    let start = tallylog_web::file(tallylog_web::START).unwrap();
    let precinct = ["/precinct", "/precinct/Polk", "/precinct/Polk/DES%20MOINES-1"];
    let log = ["/log", "/log/checkpoints", "/log/keys"];
    for path in ["/", "/timeline", "/verify"].iter().chain(&precinct).chain(&log) {
        let answer = get(&served, path, "").await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.body == *start.bytes, "{path}");
        assert_eq!(line(&answer, "content-type"), "text/html; charset=utf-8");
        assert_eq!(line(&answer, "cache-control"), "no-cache");
        let policy = line(&answer, "content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
        assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");
        assert_eq!(line(&answer, "x-content-type-options"), "nosniff");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_is_nowhere_is_said_to_be_nowhere_and_a_file_that_is_nowhere_too() {
    let served = Served::small().await;
    let page = get(&served, "/nowhere", "Accept: text/html,*/*;q=0.8\r\n").await;
    assert_eq!(page.status, 404);
    assert_eq!(line(&page, "content-type"), "text/html; charset=utf-8");
    assert!(page.has("cache-control: no-store"));
    for (path, lines) in [("/nowhere", ""), ("/assets/nowhere.js", "Accept: text/html\r\n")] {
        let answer = get(&served, path, lines).await;
        assert_eq!((answer.status, answer.body.len()), (404, 0), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_file_of_the_pages_is_served_for_ever_small_and_once() {
    let served = Served::small().await;
    let mut assets = 0;
    for name in tallylog_web::names().filter(|name| name.starts_with(tallylog_web::ASSETS)) {
        let file = tallylog_web::file(&name).unwrap();
        let path = format!("/{name}");
        let whole = get(&served, &path, "").await;
        assert_eq!(whole.status, 200);
        assert!(whole.body == *file.bytes, "{name}");
        assert!(line(&whole, "cache-control").contains("immutable"));
        let small = get(&served, &path, "Accept-Encoding: gzip\r\n").await;
        if file.bytes.len() > 1_000 {
            assert_eq!(line(&small, "content-encoding"), "gzip", "{name}");
            assert!(small.body.len() < file.bytes.len());
        }
        let known = format!("If-None-Match: \"{}\"\r\n", file.tag);
        let again = get(&served, &path, &known).await;
        assert_eq!((again.status, again.body.len()), (304, 0));
        assets += 1;
    }
    assert!(assets > 1);
}

/// A call as a page makes it: gRPC-web, by HTTP/1.1.
async fn call(served: &Served, path: &str, message: &impl prost::Message) -> Answer {
    let message = message.encode_to_vec();
    let length = u32::try_from(message.len()).unwrap().to_be_bytes();
    let body = [&[0], length.as_slice(), &message].concat();
    let lines = format!(
        "Content-Type: application/grpc-web+proto\r\nX-Grpc-Web: 1\r\nContent-Length: {}\r\n",
        body.len()
    );
    asked(served, "POST", path, &lines, &body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_gets_the_answers_that_everybody_gets() {
    let served = Served::small().await;
    let request = v1::TotalsRequest::default();
    let expected = served.client.clone().results.totals(request.clone()).await.unwrap();
    let answer = call(&served, "/tallylog.v1.Results/Totals", &request).await;
    assert_eq!(answer.status, 200);
    assert_eq!(line(&answer, "content-type"), "application/grpc-web+proto");
    let body = &answer.body;
    let length = usize::try_from(u32::from_be_bytes(body[1..5].try_into().unwrap())).unwrap();
    let message: v1::TotalsResponse = prost::Message::decode(&body[5..5 + length]).unwrap();
    assert_eq!(message, expected.into_inner());
    // What is left says that it ended well: a frame of trailers.
    let trailers = &body[5 + length..];
    assert_eq!(trailers[0], 0x80);
    assert!(String::from_utf8_lossy(trailers).contains("grpc-status:0"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_claims_to_be_somebody_is_refused_as_everybody_is() {
    let served = Served::small().await;
    let lines = "Content-Type: application/grpc-web+proto\r\nContent-Length: 5\r\nTallylog-Key: 00\r\n";
    let answer = asked(&served, "POST", "/tallylog.v1.Results/Totals", lines, &[0; 5]).await;
    let said = answer.head.clone() + &String::from_utf8_lossy(&answer.body);
    assert!(
        said.contains("grpc-status: 3") || said.contains("grpc-status:3"),
        "{said}"
    );
}
