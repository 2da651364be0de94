//! The only integration-test binary: each further one would link llama.cpp again.

mod architecture;
