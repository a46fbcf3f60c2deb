//! Tells Tauri where capabilities live and which commands exist.
fn main() { std::fs::create_dir_all("ui/dist").ok(); println!("cargo:rerun-if-changed=src-tauri/capabilities"); if let Err(e) = tauri_build::try_build(tauri_build::Attributes::new().capabilities_path_pattern("./src-tauri/capabilities/**/*")) { panic!("{e:#}") } }
