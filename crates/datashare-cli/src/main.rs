fn main() -> std::process::ExitCode {
    datashare_cli::main_from(std::env::args_os())
}
