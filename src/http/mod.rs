//! What goes over the network: model files, and requests to an engine elsewhere. Nothing else opens a connection.

pub mod fetch;
pub mod openai;
mod shape;

pub use fetch::{FetchError, fetch};
pub use openai::{ServerEngine, ServerSettings};

use std::time::Duration;
use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};

/// How long to wait for a connection, and for the first line of an answer.
const PATIENCE: Duration = Duration::from_mins(1);

/// A client that trusts what the machine trusts, and heeds the proxy variables of the environment.
fn agent() -> Agent {
    let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
    Agent::config_builder()
        .tls_config(tls)
        .user_agent(concat!("amalrec/", env!("CARGO_PKG_VERSION")))
        .http_status_as_error(false)
        .timeout_connect(Some(PATIENCE))
        .timeout_recv_response(Some(PATIENCE))
        .build()
        .new_agent()
}
