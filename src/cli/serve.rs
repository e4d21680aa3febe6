//! `bellwether serve`: a folder of static files on this machine's own address, for trying things out.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use anstream::println;
use axum::Router;
use axum::http::{HeaderName, HeaderValue};
use clap::Args;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

use super::Failure;

/// Serve a folder of static files on this machine (127.0.0.1 only).
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// The folder, such as pkg/demo
    dir: PathBuf,
    /// The port; 0 takes a free one
    #[arg(long, value_name = "P", default_value_t = 8000)]
    port: u16,
}

/// Everything a page may load comes from this address; compiling WebAssembly is allowed, evaluating text is not.
const POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; worker-src 'self' blob:; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'self'";

/// Serves until interrupted.
///
/// # Errors
/// When the folder does not exist or the port is taken.
pub fn run(args: &ServeArgs) -> Result<(), Failure> {
    if !args.dir.is_dir() {
        return Err(Failure::work(format!(
            "{} is not a folder; name the folder to serve, such as pkg/demo",
            args.dir.display()
        )));
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Failure::work)?;
    runtime.block_on(async {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, args.port));
        let listener = tokio::net::TcpListener::bind(address)
            .await
            .map_err(|e| Failure::work(format!("cannot listen on {address}: {e}; choose another --port")))?;
        let address = listener.local_addr().map_err(Failure::work)?;
        let header = |name: &'static str, value: &'static str| {
            SetResponseHeaderLayer::overriding(HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        let files = Router::new()
            .fallback_service(ServeDir::new(&args.dir).precompressed_br())
            .layer(header("content-security-policy", POLICY))
            .layer(header("x-content-type-options", "nosniff"))
            .layer(header("cache-control", "no-cache"));
        println!("serving {} at http://{address}/ (stop with Ctrl-C)", args.dir.display());
        let stop = async {
            let _ = tokio::signal::ctrl_c().await;
        };
        axum::serve(listener, files)
            .with_graceful_shutdown(stop)
            .await
            .map_err(Failure::work)
    })
}
