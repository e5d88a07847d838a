"""One module a command; each has `run(args) -> exit code`. Rows go to stdout, everything else to stderr."""
