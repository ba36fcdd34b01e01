"""The fuzzer: generated programs, compiled and compared with independent oracles (`python -m tests.fuzz`, docs/fuzzer.md)."""
