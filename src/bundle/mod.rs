//! The static files a browser loads: manifest, model and table shards; encoding, hashing and checking them.
