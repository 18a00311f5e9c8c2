"""Speed of the server against what the same machine can do at best; run with `python -m benchmarks`."""
