"""The IR: types, values, instructions, blocks, functions; printing, parsing, verifying. It knows no op."""
