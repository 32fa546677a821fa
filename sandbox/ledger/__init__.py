"""What the ledger (`sandbox/COVERAGE.md`) is made of besides the routes themselves."""
