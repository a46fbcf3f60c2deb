#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| datashare_fuzz::app::sealed_files(data));
