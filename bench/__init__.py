"""Benchmarks: what this project does, beside what people would do without it."""
